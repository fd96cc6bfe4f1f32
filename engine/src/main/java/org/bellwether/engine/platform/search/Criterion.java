package org.bellwether.engine.platform.search;

/** What an object must fulfil to be found: the tree that a query's text stands for. */
public sealed interface Criterion {
    /** Both hold. */
    record Both(Criterion left, Criterion right) implements Criterion {}

    /** At least one holds. */
    record Either(Criterion left, Criterion right) implements Criterion {}

    /**
     * A field compares with a value.
     *
     * @param scope the kind of related object that has the field, as written before the dot ({@code host} in
     *     {@code host.name}), or empty for a field of the searched object
     * @param field the field's name as written
     * @param value the text searched for, without quotes; {@code *} stands for any characters
     * @param position where it begins in the query, counted from 1, for messages
     */
    record Comparison(String scope, String field, Operator operator, String value, int position) implements Criterion {
        /** The field as it was written. */
        String name() {
            return scope.isEmpty() ? field : scope + "." + field;
        }
    }

    /** The text occurs in any text field. */
    record Anywhere(String text) implements Criterion {}
}
