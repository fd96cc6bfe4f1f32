package org.bellwether.engine.platform.search;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.search.Criterion.Anywhere;
import org.bellwether.engine.platform.search.Criterion.Both;
import org.bellwether.engine.platform.search.Criterion.Comparison;
import org.bellwether.engine.platform.search.Criterion.Either;
import org.jspecify.annotations.Nullable;

/** Turns the tree of one query into a predicate, with everything that does not depend on the object worked out before. */
final class Compiler {
    /** So many wrong letters still look like a slip. */
    private static final int TYPOS = 2;

    private final String query;
    private final boolean caseSensitive;
    private final Instant now;

    Compiler(String query, boolean caseSensitive, Instant now) {
        this.query = query;
        this.caseSensitive = caseSensitive;
        this.now = now;
    }

    <T> Search.Plan<T> compile(SearchSchema<T> schema, SearchQuery parsed) {
        Predicate<T> predicate = parsed.criterion()
                .map(criterion -> predicate(schema, criterion))
                .orElse(object -> true);
        return new Search.Plan<>(predicate, parsed.sort().map(sort -> order(schema, sort)));
    }

    private <T> Predicate<T> predicate(SearchSchema<T> schema, Criterion criterion) {
        return switch (criterion) {
            case Both(var left, var right) -> predicate(schema, left).and(predicate(schema, right));
            case Either(var left, var right) -> predicate(schema, left).or(predicate(schema, right));
            case Anywhere(var text) -> anywhere(schema, text);
            case Comparison comparison -> comparison(schema, comparison);
        };
    }

    private <T> Predicate<T> anywhere(SearchSchema<T> schema, String text) {
        Wildcard wildcard = Wildcard.anywhere(text, caseSensitive);
        List<Predicate<T>> places = new ArrayList<>();
        for (Field<T> field : schema.fields()) {
            if (field instanceof Field.Text<T>(var value)) {
                places.add(object -> matches(wildcard, value.apply(object)));
            } else if (field instanceof Field.Texts<T>(var values)) {
                places.add(object -> values.apply(object).stream().anyMatch(wildcard::matches));
            }
        }
        return object -> {
            for (Predicate<T> place : places) {
                if (place.test(object)) {
                    return true;
                }
            }
            return false;
        };
    }

    private <T> Predicate<T> comparison(SearchSchema<T> schema, Comparison comparison) {
        SearchSchema.Relation<T, ?> whole =
                schema.field(comparison.name()) == null && comparison.scope().isEmpty()
                        ? schema.relation(comparison.field())
                        : null;
        if (whole != null) {
            // "host = x" means a related host of that name, and "host != x" that no related one has it.
            boolean wanted = equality(comparison, "something related");
            Predicate<T> somewhere = related(
                    whole,
                    new Comparison(
                            comparison.field(), "name", Operator.EQUAL, comparison.value(), comparison.position()));
            return wanted ? somewhere : somewhere.negate();
        }
        if (comparison.scope().isEmpty() || schema.field(comparison.name()) != null) {
            return field(schema, comparison);
        }
        SearchSchema.Relation<T, ?> relation = schema.relation(comparison.scope());
        if (relation == null) {
            throw SearchQuery.refused(
                    query,
                    comparison.position(),
                    "\"" + comparison.scope() + "\" is nothing that " + schema.kind() + " can be searched by",
                    schema.relationNames().isEmpty()
                            ? "Use one of the fields: " + String.join(", ", schema.fieldNames())
                            : "Use one of: " + String.join(", ", schema.relationNames()));
        }
        return related(relation, comparison);
    }

    private <T, R> Predicate<T> related(SearchSchema.Relation<T, R> relation, Comparison comparison) {
        Predicate<R> predicate = field(relation.schema().get(), comparison);
        Function<T, ? extends Collection<R>> others = relation.related().get();
        return object -> {
            for (R other : others.apply(object)) {
                if (predicate.test(other)) {
                    return true;
                }
            }
            return false;
        };
    }

    private <T> Predicate<T> field(SearchSchema<T> schema, Comparison comparison) {
        // A few kinds have a field of their own that is written like one of a related kind, such as an event's vm.id.
        Field<T> own = schema.field(comparison.name());
        Field<T> field = own != null ? own : schema.field(comparison.field());
        if (field == null) {
            throw noSuchField(schema, comparison.field(), comparison.position());
        }
        return switch (field) {
            case Field.Text<T>(var value) -> text(value, comparison);
            case Field.Texts<T>(var values) -> texts(values, comparison);
            case Field.Choice<T>(var known, var value) -> choice(known, value, comparison);
            case Field.Quantity<T>(var value) -> number(value, comparison);
            case Field.Flag<T>(var value) -> flag(value, comparison);
            case Field.Date<T>(var value) -> date(value, comparison);
            case Field.Span<T>(var value) -> span(value, comparison);
            case Field.Absent<T>(var because) ->
                throw absent(schema, comparison.field(), because, comparison.position());
        };
    }

    private <T> Predicate<T> text(Function<T, @Nullable String> value, Comparison comparison) {
        boolean wanted = equality(comparison, "text");
        Wildcard wildcard = Wildcard.of(comparison.value(), caseSensitive);
        return object -> matches(wildcard, value.apply(object)) == wanted;
    }

    private <T> Predicate<T> texts(Function<T, ? extends Collection<String>> values, Comparison comparison) {
        boolean wanted = equality(comparison, "text");
        Wildcard wildcard = Wildcard.of(comparison.value(), caseSensitive);
        return object -> {
            boolean found = false;
            for (String value : values.apply(object)) {
                found |= wildcard.matches(value);
            }
            return found == wanted;
        };
    }

    private <T> Predicate<T> choice(
            Collection<String> known, Function<T, @Nullable String> value, Comparison comparison) {
        boolean wanted = equality(comparison, "one of a few words");
        Wildcard wildcard = Wildcard.of(plain(comparison.value()), false);
        if (!known.isEmpty() && known.stream().noneMatch(word -> wildcard.matches(plain(word)))) {
            throw SearchQuery.refused(
                    query,
                    comparison.position(),
                    comparison.name() + " is never \"" + comparison.value() + "\"",
                    "Use one of: " + String.join(", ", known));
        }
        return object -> {
            String word = value.apply(object);
            return (word != null && wildcard.matches(plain(word))) == wanted;
        };
    }

    private <T> Predicate<T> number(Function<T, ? extends @Nullable Number> value, Comparison comparison) {
        double wanted;
        try {
            wanted = new BigDecimal(comparison.value().strip()).doubleValue();
        } catch (NumberFormatException notANumber) {
            throw wrongValue(comparison, "a number");
        }
        Operator operator = comparison.operator();
        return object -> {
            Number number = value.apply(object);
            return number == null
                    ? operator == Operator.NOT_EQUAL
                    : operator.accepts(Double.compare(number.doubleValue(), wanted));
        };
    }

    private <T> Predicate<T> flag(Function<T, @Nullable Boolean> value, Comparison comparison) {
        boolean equal = equality(comparison, "true or false");
        boolean wanted = switch (comparison.value().strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "1" -> true;
            case "false", "f", "no", "n", "0" -> false;
            default -> throw wrongValue(comparison, "true or false");
        };
        return object -> (Boolean.TRUE.equals(value.apply(object)) == wanted) == equal;
    }

    private <T> Predicate<T> date(Function<T, @Nullable Instant> value, Comparison comparison) {
        Moment moment = Moment.parse(comparison.value(), now)
                .orElseThrow(() -> wrongValue(comparison, "a date such as 2026-11-22 or \"2026-11-22 10:00\""));
        Operator operator = comparison.operator();
        return object -> {
            Instant instant = value.apply(object);
            return instant == null ? operator == Operator.NOT_EQUAL : operator.accepts(moment.comparisonOf(instant));
        };
    }

    private <T> Predicate<T> span(Function<T, @Nullable Duration> value, Comparison comparison) {
        Duration wanted = Moment.parseSpan(comparison.value())
                .orElseThrow(() -> wrongValue(comparison, "a length of time such as 15m, 2h, 3d or 1:30:00"));
        Operator operator = comparison.operator();
        return object -> {
            Duration duration = value.apply(object);
            return duration == null ? operator == Operator.NOT_EQUAL : operator.accepts(duration.compareTo(wanted));
        };
    }

    private <T> Comparator<T> order(SearchSchema<T> schema, SearchQuery.Sort sort) {
        Field<T> field = schema.field(sort.field());
        if (field == null) {
            throw noSuchField(schema, sort.field(), sort.position());
        }
        return switch (field) {
            case Field.Text<T>(var value) -> by(value, Compiler::compareTexts, sort);
            case Field.Choice<T>(var known, var value) -> by(value, Compiler::compareTexts, sort);
            case Field.Texts<T>(var values) ->
                by(
                        object -> values.apply(object).stream()
                                .min(Compiler::compareTexts)
                                .orElse(null),
                        Compiler::compareTexts,
                        sort);
            case Field.Quantity<T>(var value) -> by(value, Comparator.comparingDouble(Number::doubleValue), sort);
            case Field.Flag<T>(var value) -> by(value, Comparator.<Boolean>naturalOrder(), sort);
            case Field.Date<T>(var value) -> by(value, Comparator.<Instant>naturalOrder(), sort);
            case Field.Span<T>(var value) -> by(value, Comparator.<Duration>naturalOrder(), sort);
            case Field.Absent<T>(var because) -> throw absent(schema, sort.field(), because, sort.position());
        };
    }

    /** What has no value comes last in either direction. */
    private static <T, V> Comparator<T> by(
            Function<T, ? extends @Nullable V> value, Comparator<? super V> ascending, SearchQuery.Sort sort) {
        Comparator<? super V> directed = sort.descending() ? ascending.reversed() : ascending;
        return (left, right) -> {
            V first = value.apply(left);
            V second = value.apply(right);
            if (first == null || second == null) {
                return first == null ? (second == null ? 0 : 1) : -1;
            }
            return directed.compare(first, second);
        };
    }

    private static int compareTexts(String left, String right) {
        int ignoringCase = String.CASE_INSENSITIVE_ORDER.compare(left, right);
        return ignoringCase != 0 ? ignoringCase : left.compareTo(right);
    }

    private boolean equality(Comparison comparison, String kind) {
        return switch (comparison.operator()) {
            case EQUAL -> true;
            case NOT_EQUAL -> false;
            case LESS, GREATER, AT_MOST, AT_LEAST ->
                throw SearchQuery.refused(
                        query,
                        comparison.position(),
                        comparison.name() + " is " + kind + " and cannot be compared with \""
                                + comparison.operator().sign() + "\"",
                        "Use = or !=");
        };
    }

    private Failure wrongValue(Comparison comparison, String expected) {
        return SearchQuery.refused(
                query,
                comparison.position(),
                "\"" + comparison.value() + "\" is no value for " + comparison.name(),
                "Write " + expected);
    }

    private <T> Failure absent(SearchSchema<T> schema, String name, String because, int position) {
        return SearchQuery.refused(
                query,
                position,
                "no " + schema.kind() + " have the field \"" + name + "\" here, because " + because,
                "Leave it out, or use one of: " + String.join(", ", schema.fieldNames()));
    }

    private <T> Failure noSuchField(SearchSchema<T> schema, String name, int position) {
        return SearchQuery.refused(
                query,
                position,
                schema.kind() + " have no field \"" + name + "\"",
                meant(name, schema.fieldNames())
                                .map(field -> "Did you mean \"" + field + "\"? ")
                                .orElse("") + "Use one of: " + String.join(", ", schema.fieldNames()));
    }

    /** The field that is written most alike, if any is. */
    private static Optional<String> meant(String name, Collection<String> fields) {
        String written = name.toLowerCase(Locale.ROOT);
        return fields.stream()
                .filter(field -> distance(written, field) <= TYPOS)
                .min(Comparator.comparingInt(field -> distance(written, field)));
    }

    /** How many letters have to be put in, taken out or replaced to make one word of the other. */
    private static int distance(String left, String right) {
        int[] above = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] row = new int[right.length() + 1];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = above[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[right.length()];
    }

    private static boolean matches(Wildcard wildcard, @Nullable String value) {
        return value != null && wildcard.matches(value);
    }

    /** "PoweringUp", "powering_up" and "POWERING-UP" are the same word. */
    private static String plain(String word) {
        int at = 0;
        while (at < word.length() && word.charAt(at) != '_' && word.charAt(at) != '-') {
            at++;
        }
        return at == word.length() ? word : word.replace("_", "").replace("-", "");
    }
}
