package org.bellwether.libvirt;

/** libvirt refused or failed. {@link #getMessage} is libvirt's own sentence. */
public final class LibvirtException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final int number;
    private final ErrorDomain domain;
    private final ErrorLevel level;
    private final String function;

    LibvirtException(int number, int domain, int level, String message, String function) {
        super(message);
        this.code = ErrorCode.of(number);
        this.number = number;
        this.domain = ErrorDomain.of(domain);
        this.level = ErrorLevel.of(level);
        this.function = function;
    }

    LibvirtException(ErrorCode code, String message, String function) {
        this(code.number(), ErrorDomain.NONE.number(), ErrorLevel.ERROR.number(), message, function);
    }

    /** What went wrong. */
    public ErrorCode code() {
        return code;
    }

    /** The code's number, which tells more than {@link ErrorCode#UNRECOGNIZED}. */
    public int number() {
        return number;
    }

    /** The part of libvirt that failed. */
    public ErrorDomain domain() {
        return domain;
    }

    public ErrorLevel level() {
        return level;
    }

    /** The C function that failed. */
    public String function() {
        return function;
    }

    public boolean is(ErrorCode wanted) {
        return code == wanted;
    }

    /** For logs: {@link #getMessage} stays as libvirt wrote it, fit to be shown to people. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        return "LibvirtException: " + getMessage() + " [" + code + " (" + number + ") from " + domain + ", " + function
                + "]";
    }
}
