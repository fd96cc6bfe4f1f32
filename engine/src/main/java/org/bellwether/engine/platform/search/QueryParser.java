package org.bellwether.engine.platform.search;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.search.Criterion.Anywhere;
import org.bellwether.engine.platform.search.Criterion.Both;
import org.bellwether.engine.platform.search.Criterion.Comparison;
import org.bellwether.engine.platform.search.Criterion.Either;

/** Reads one query. {@code and} binds tighter than {@code or}; there are no parentheses in this language. */
final class QueryParser {
    /** A client that needs more does not search, it probes. */
    static final int MAXIMUM_LENGTH = 4096;

    static final int MAXIMUM_PAGE = 1_000_000;

    private final String text;
    private final List<Token> tokens;
    private int next;

    QueryParser(String text) {
        this.text = text;
        if (text.length() > MAXIMUM_LENGTH) {
            throw Failure.badRequest("Cannot search")
                    .because("the query is longer than " + MAXIMUM_LENGTH + " characters")
                    .next("Search for less at a time");
        }
        this.tokens = Token.of(text);
    }

    SearchQuery parse() {
        Optional<Criterion> criterion =
                atEnd() || ahead("sortby") || pageAhead() ? Optional.empty() : Optional.of(alternatives());
        Optional<SearchQuery.Sort> sort = take("sortby") ? Optional.of(sort()) : Optional.empty();
        OptionalInt page = take("page") ? OptionalInt.of(page()) : OptionalInt.empty();
        if (!atEnd()) {
            throw unexpected("\"and\", \"or\", \"sortby\", \"page\" or the end");
        }
        return new SearchQuery(criterion, sort, page);
    }

    private Criterion alternatives() {
        Criterion left = conjunction();
        while (take("or")) {
            left = new Either(left, conjunction());
        }
        return left;
    }

    private Criterion conjunction() {
        Criterion left = term();
        while (take("and")) {
            left = new Both(left, term());
        }
        return left;
    }

    private Criterion term() {
        if (atEnd()) {
            throw unexpected("a field or a word to search for");
        }
        Token token = tokens.get(next);
        if (token.kind() == Token.Kind.OPERATOR) {
            throw unexpected("a field before \"" + token.text() + "\"");
        }
        boolean compares = next + 1 < tokens.size() && tokens.get(next + 1).kind() == Token.Kind.OPERATOR;
        if (!compares || token.kind() == Token.Kind.QUOTED) {
            if (isKeyword(token)) {
                throw unexpected("a field or a word to search for; write the word in double quotes if you mean it");
            }
            next++;
            return new Anywhere(token.text());
        }
        Operator operator = tokens.get(next + 1).operator();
        next += 2;
        if (atEnd() || tokens.get(next).kind() == Token.Kind.OPERATOR) {
            throw unexpected("a value after \"" + operator.sign() + "\"");
        }
        String value = tokens.get(next++).text();
        int dot = token.text().indexOf('.');
        String scope = dot < 0 ? "" : token.text().substring(0, dot);
        return new Comparison(scope, token.text().substring(dot + 1), operator, value, token.position());
    }

    private SearchQuery.Sort sort() {
        if (atEnd() || tokens.get(next).kind() != Token.Kind.WORD) {
            throw unexpected("a field to sort by");
        }
        Token field = tokens.get(next++);
        boolean descending = take("desc");
        if (!descending) {
            take("asc");
        }
        return new SearchQuery.Sort(field.text(), descending, field.position());
    }

    private int page() {
        if (!atEnd()) {
            try {
                int page = Integer.parseInt(tokens.get(next).text());
                if (page >= 1 && page <= MAXIMUM_PAGE) {
                    next++;
                    return page;
                }
            } catch (NumberFormatException notANumber) {
                // Falls through to the same message as a number out of range.
            }
        }
        throw unexpected("a page number from 1 to " + MAXIMUM_PAGE);
    }

    private boolean ahead(String keyword) {
        return !atEnd() && tokens.get(next).is(keyword);
    }

    /** A lone "page" may be a word to search for; "page 2" is not. */
    private boolean pageAhead() {
        return ahead("page") && next + 1 < tokens.size() && tokens.get(next + 1).kind() == Token.Kind.WORD;
    }

    private boolean take(String keyword) {
        if (!ahead(keyword)) {
            return false;
        }
        next++;
        return true;
    }

    private boolean isKeyword(Token token) {
        return token.is("and") || token.is("or") || token.is("sortby");
    }

    private boolean atEnd() {
        return next == tokens.size();
    }

    private Failure unexpected(String expected) {
        String found =
                atEnd() ? "the query ends" : "there is \"" + tokens.get(next).text() + "\"";
        int position = atEnd() ? text.length() + 1 : tokens.get(next).position();
        return SearchQuery.refused(
                text,
                position,
                found + " where " + expected + " should be",
                "A query looks like: name=web* and status=up sortby name desc page 2");
    }
}
