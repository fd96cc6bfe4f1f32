package org.bellwether.api;

/**
 * How much a document may ask of the reader.
 *
 * @param bytes the longest document
 * @param depth how deep elements may lie within each other
 * @param values how many elements and values it may have
 */
public record Limits(int bytes, int depth, int values) {
    /** Room for a virtual machine with its OVF and all its devices: 16 MiB, 64 levels, 50,000 values. */
    public static final Limits USUAL = new Limits(16 << 20, 64, 50_000);

    void check(int length) {
        if (length > bytes) {
            throw new BadDocument(
                    BadDocument.Cause.LIMIT,
                    "The document has " + length + " bytes; at most " + bytes + " are read. Send less at once.");
        }
    }
}
