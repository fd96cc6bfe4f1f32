package org.bellwether.libvirt;

/** How bad an error is. */
public enum ErrorLevel implements Numbered {
    NONE(0),
    WARNING(1),
    ERROR(2);

    private final int number;

    ErrorLevel(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static ErrorLevel of(int number) {
        return Numbered.find(values(), number, ERROR);
    }
}
