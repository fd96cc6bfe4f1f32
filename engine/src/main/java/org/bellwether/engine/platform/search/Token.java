package org.bellwether.engine.platform.search;

import java.util.ArrayList;
import java.util.List;

/**
 * One piece of a query.
 *
 * @param text the piece, without its quotes
 * @param position where it begins, counted from 1
 */
record Token(Kind kind, String text, int position) {
    enum Kind {
        WORD,
        QUOTED,
        OPERATOR
    }

    boolean is(String keyword) {
        return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
    }

    Operator operator() {
        for (Operator operator : Operator.values()) {
            if (operator.sign().equals(text)) {
                return operator;
            }
        }
        throw new IllegalStateException("Not an operator: " + text);
    }

    static List<Token> of(String query) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < query.length()) {
            char c = query.charAt(at);
            int begin = at;
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '"') {
                int end = query.indexOf('"', at + 1);
                if (end < 0) {
                    throw SearchQuery.refused(query, at + 1, "the double quotes are never closed", "Close them");
                }
                tokens.add(new Token(Kind.QUOTED, query.substring(at + 1, end), begin + 1));
                at = end + 1;
            } else if (isOperatorSign(c)) {
                at = endOfOperator(query, at);
                tokens.add(new Token(Kind.OPERATOR, query.substring(begin, at), begin + 1));
            } else {
                while (at < query.length() && isWord(query.charAt(at), query, at)) {
                    at++;
                }
                tokens.add(new Token(Kind.WORD, query.substring(begin, at), begin + 1));
            }
        }
        return tokens;
    }

    private static int endOfOperator(String query, int at) {
        char c = query.charAt(at);
        boolean followedByEqual = at + 1 < query.length() && query.charAt(at + 1) == '=';
        if (c == '!' && !followedByEqual) {
            throw SearchQuery.refused(query, at + 1, "there is \"!\" without \"=\"", "Write != for \"is not\"");
        }
        return c != '=' && followedByEqual ? at + 2 : at + 1;
    }

    private static boolean isOperatorSign(char c) {
        return c == '=' || c == '<' || c == '>' || c == '!';
    }

    private static boolean isWord(char c, String query, int at) {
        if (c == '\'' || c == ';') {
            // The language never had them, and clients that send them mean something else than we would find.
            throw SearchQuery.refused(
                    query, at + 1, "the character " + c + " is not allowed outside double quotes", "Use double quotes");
        }
        return !Character.isWhitespace(c) && c != '"' && !isOperatorSign(c);
    }
}
