package org.bellwether.libvirt;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bellwether.libvirt.foreign.Layouts;
import org.bellwether.libvirt.foreign.MissingSymbolException;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.bellwether.libvirt.foreign.SystemFunctions;
import org.bellwether.libvirt.foreign.Text;

/** One native call with its outcome checked. Must run on a platform thread; libvirt's error is read at once, on the same thread. */
final class Call {
    private Call() {}

    /** A call whose negative result is a failure. */
    static int number(NativeFunction function, Object... arguments) {
        int result = resolved(function, () -> function.callInt(arguments));
        if (result < 0) {
            throw lastError(function);
        }
        return result;
    }

    /** A call that says {@code true} by 1 and {@code false} by 0. */
    static boolean truth(NativeFunction function, Object... arguments) {
        return number(function, arguments) > 0;
    }

    /** A call whose NULL is a failure. */
    static MemorySegment pointer(NativeFunction function, Object... arguments) {
        var result = resolved(function, () -> function.callPointer(arguments));
        if (Text.isNull(result)) {
            throw lastError(function);
        }
        return result;
    }

    /** A call that gives a string to its caller, which is freed here. */
    static String text(NativeFunction function, Object... arguments) {
        return Text.take(pointer(function, arguments));
    }

    /** A call that shows a string which stays libvirt's. */
    static String borrowedText(NativeFunction function, Object... arguments) {
        return Text.fromCOrEmpty(pointer(function, arguments));
    }

    /** The error that this thread's newest libvirt call left. */
    static LibvirtException lastError(NativeFunction function) {
        var pointer = SystemFunctions.GET_LAST_ERROR.callPointer();
        if (Text.isNull(pointer)) {
            return new LibvirtException(
                    ErrorCode.INTERNAL_ERROR,
                    function.name() + " failed and libvirt does not say why",
                    function.name());
        }
        var error = pointer.reinterpret(Layouts.ERROR.byteSize());
        int code = error.get(ValueLayout.JAVA_INT, Layouts.offset(Layouts.ERROR, "code"));
        int domain = error.get(ValueLayout.JAVA_INT, Layouts.offset(Layouts.ERROR, "domain"));
        int level = error.get(ValueLayout.JAVA_INT, Layouts.offset(Layouts.ERROR, "level"));
        var message = Text.fromCOrEmpty(error.get(ValueLayout.ADDRESS, Layouts.offset(Layouts.ERROR, "message")));
        return new LibvirtException(
                code,
                domain,
                level,
                message.isEmpty() ? function.name() + " failed with libvirt's error " + code : message,
                function.name());
    }

    private static <T> T resolved(NativeFunction function, java.util.function.Supplier<T> body) {
        try {
            return body.get();
        } catch (MissingSymbolException e) {
            var refusal = new LibvirtException(ErrorCode.NO_SUPPORT, String.valueOf(e.getMessage()), function.name());
            refusal.initCause(e);
            throw refusal;
        }
    }
}
