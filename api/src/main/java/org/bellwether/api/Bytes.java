package org.bellwether.api;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A growing document in UTF-8. Belongs to one thread.
 *
 * <p>It grows by pieces: a page of machines is megabytes, and one array of that size would be copied each time it is full and
 * be garbage that only a collection of the whole heap takes away.
 */
final class Bytes {
    private static final int REPLACEMENT = 0xFFFD;
    private static final int PIECE = 64 * 1024;
    /** What a character takes at most, as an escape. */
    static final int LONGEST = 6;

    /** Ended, because what came next did not fit. */
    private static final class Piece {
        final byte[] bytes;
        final int length;

        Piece(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }
    }

    private final List<Piece> full = new ArrayList<>();
    private byte[] buffer;
    private int size;
    private int before;

    Bytes(int capacity) {
        buffer = new byte[capacity];
    }

    byte[] toArray() {
        byte[] all = new byte[size()];
        int at = 0;
        for (var piece : full) {
            System.arraycopy(piece.bytes, 0, all, at, piece.length);
            at += piece.length;
        }
        System.arraycopy(buffer, 0, all, at, size);
        return all;
    }

    void writeTo(OutputStream out) throws IOException {
        for (var piece : full) {
            out.write(piece.bytes, 0, piece.length);
        }
        out.write(buffer, 0, size);
    }

    void digest(MessageDigest digest) {
        for (var piece : full) {
            digest.update(piece.bytes, 0, piece.length);
        }
        digest.update(buffer, 0, size);
    }

    int size() {
        return before + size;
    }

    /** Room for that many bytes side by side. */
    private void room(int more) {
        if (buffer.length - size < more) {
            before = Math.addExact(before, size);
            full.add(new Piece(buffer, size));
            buffer = new byte[Math.max(more, Math.min(PIECE, 2 * buffer.length))];
            size = 0;
        }
    }

    void put(char ascii) {
        room(1);
        buffer[size++] = (byte) ascii;
    }

    void put(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    /** Text that is known to be ASCII and to need no escape. */
    void ascii(String text) {
        int length = text.length();
        room(length);
        for (int i = 0; i < length; i++) {
            buffer[size++] = (byte) text.charAt(i);
        }
    }

    /** Takes back the byte that was put last. */
    void back() {
        size--;
    }

    /** A whole number in digits. */
    void number(long value) {
        if (value == Long.MIN_VALUE) {
            ascii("-9223372036854775808");
            return;
        }
        room(20);
        long rest = value;
        if (rest < 0) {
            buffer[size++] = '-';
            rest = -rest;
        }
        int digits = 1;
        for (long limit = 10; digits < 19 && rest >= limit; limit *= 10) {
            digits++;
        }
        for (int i = size + digits - 1; i >= size; i--) {
            buffer[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    /** The inside of a JSON string. */
    void json(String text) {
        int length = text.length();
        room(length * LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
                buffer[size++] = (byte) c;
            } else if (c < 0x80) {
                jsonEscape(c);
            } else if (Character.isSurrogate(c) && !isPair(text, i)) {
                unicodeEscape(c);
            } else {
                i += utf8(text, i);
            }
        }
    }

    private void jsonEscape(char c) {
        switch (c) {
            case '"' -> ascii("\\\"");
            case '\\' -> ascii("\\\\");
            case '\n' -> ascii("\\n");
            case '\r' -> ascii("\\r");
            case '\t' -> ascii("\\t");
            default -> unicodeEscape(c);
        }
    }

    private void unicodeEscape(char c) {
        ascii("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            buffer[size++] = (byte) Character.forDigit((c >> shift) & 0xF, 16);
        }
    }

    /** The inside of an element or of an attribute; a character that XML cannot carry is replaced by U+FFFD. */
    void xml(String text) {
        int length = text.length();
        room(length * LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> ascii("&lt;");
                case '>' -> ascii("&gt;");
                case '&' -> ascii("&amp;");
                case '"' -> ascii("&#34;");
                case '\t' -> ascii("&#9;");
                case '\n' -> ascii("&#10;");
                case '\r' -> ascii("&#13;");
                default -> {
                    if (c >= 0x20 && c < 0x7F) {
                        buffer[size++] = (byte) c;
                    } else if (c < 0x20 || c >= 0xFFFE || (Character.isSurrogate(c) && !isPair(text, i))) {
                        encode(REPLACEMENT);
                    } else {
                        i += utf8(text, i);
                    }
                }
            }
        }
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    /** Returns how many further characters of the text it took. */
    private int utf8(String text, int at) {
        int point = text.codePointAt(at);
        encode(point);
        return Character.charCount(point) - 1;
    }

    private void encode(int point) {
        room(4);
        if (point < 0x80) {
            buffer[size++] = (byte) point;
        } else if (point < 0x800) {
            buffer[size++] = (byte) (0xC0 | (point >> 6));
            rest(point, 0);
        } else if (point < 0x10000) {
            buffer[size++] = (byte) (0xE0 | (point >> 12));
            rest(point, 6);
        } else {
            buffer[size++] = (byte) (0xF0 | (point >> 18));
            rest(point, 12);
        }
    }

    private void rest(int point, int highest) {
        for (int shift = highest; shift >= 0; shift -= 6) {
            buffer[size++] = (byte) (0x80 | ((point >> shift) & 0x3F));
        }
    }
}
