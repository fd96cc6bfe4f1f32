package org.bellwether.libvirt;

/**
 * A picture of a machine's screen.
 *
 * @param mimeType as libvirt names it: {@code image/x-portable-pixmap}, {@code image/png}
 */
@SuppressWarnings("ArrayRecordComponent") // Megabytes that are written somewhere at once; nobody compares pictures.
public record Screenshot(String mimeType, byte[] image) {}
