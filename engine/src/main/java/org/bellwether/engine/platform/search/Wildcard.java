package org.bellwether.engine.platform.search;

import java.util.ArrayList;
import java.util.List;

/**
 * A text with {@code *} for any characters, matched against whole values. Looks for the pieces between the stars one after
 * the other, so that no pattern, however unkind, makes it go back.
 */
final class Wildcard {
    private final List<String> pieces;
    private final boolean caseSensitive;

    private Wildcard(List<String> pieces, boolean caseSensitive) {
        this.pieces = pieces;
        this.caseSensitive = caseSensitive;
    }

    static Wildcard of(String pattern, boolean caseSensitive) {
        String folded = caseSensitive ? pattern : folded(pattern);
        List<String> pieces = new ArrayList<>();
        int begin = 0;
        for (int star = folded.indexOf('*'); star >= 0; star = folded.indexOf('*', begin)) {
            pieces.add(folded.substring(begin, star));
            begin = star + 1;
        }
        pieces.add(folded.substring(begin));
        return new Wildcard(pieces, caseSensitive);
    }

    /** The pattern that finds a text anywhere in a value. */
    static Wildcard anywhere(String text, boolean caseSensitive) {
        return of("*" + text + "*", caseSensitive);
    }

    boolean matches(String value) {
        String first = pieces.getFirst();
        if (pieces.size() == 1) {
            return value.length() == first.length() && pieceAt(value, 0, first);
        }
        String last = pieces.getLast();
        int end = value.length() - last.length();
        if (end < first.length() || !pieceAt(value, 0, first) || !pieceAt(value, end, last)) {
            return false;
        }
        int at = first.length();
        for (int i = 1; i < pieces.size() - 1; i++) {
            String piece = pieces.get(i);
            while (at + piece.length() <= end && !pieceAt(value, at, piece)) {
                at++;
            }
            if (at + piece.length() > end) {
                return false;
            }
            at += piece.length();
        }
        return true;
    }

    private boolean pieceAt(String value, int at, String piece) {
        for (int i = 0; i < piece.length(); i++) {
            char c = value.charAt(at + i);
            if ((caseSensitive ? c : folded(c)) != piece.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String folded(String text) {
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            characters[i] = folded(characters[i]);
        }
        return new String(characters);
    }

    private static char folded(char c) {
        if (c < 128) {
            return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
        }
        return Character.toLowerCase(Character.toUpperCase(c));
    }
}
