package org.bellwether.libvirt;

/** A constant of libvirt's headers, by its number there. */
interface Numbered {
    int number();

    static <E extends Numbered> E find(E[] values, int number, E unrecognized) {
        for (var value : values) {
            if (value.number() == number) {
                return value;
            }
        }
        return unrecognized;
    }
}
