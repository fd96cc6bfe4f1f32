package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Shows what a command found or did: tables and sentences for people, the engine's own JSON for programs. */
final class Printer {

    /** A column of a list. */
    record Column(String heading, Function<Entity, String> value) {
        /** A column that shows an attribute as it is. */
        static Column of(String heading, String path) {
            return new Column(heading, entity -> entity.text(path));
        }
    }

    private final PrintStream out;
    private final Options.Format format;

    Printer(PrintStream out, Options.Format format) {
        this.out = out;
        this.format = format;
    }

    /** Whether a program reads, which wants the engine's own objects. */
    boolean asJson() {
        return format != Options.Format.TABLE;
    }

    /** As JSON it is an array of the engine's objects. */
    void list(List<Entity> entities, Column... columns) {
        if (asJson()) {
            var array = JsonNodeFactory.instance.arrayNode();
            entities.forEach(entity -> array.add(entity.json()));
            json(array);
        } else {
            table(entities, columns).print(out);
        }
    }

    static Table table(List<Entity> entities, Column... columns) {
        Table table = new Table(Arrays.stream(columns).map(Column::heading).toArray(String[]::new));
        for (Entity entity : entities) {
            table.row(Arrays.stream(columns)
                    .map(column -> column.value().apply(entity))
                    .toList());
        }
        return table;
    }

    /** One object; the sheet is made only for people. */
    void show(Entity entity, Function<Entity, Sheet> sheet) {
        if (asJson()) {
            json(entity.json());
        } else {
            sheet.apply(entity).print(out);
        }
    }

    /** What was done, and the object that it was done to. */
    void done(Entity entity, String sentence) {
        if (asJson()) {
            json(entity.json());
        } else {
            out.println(Text.sentence(sentence));
        }
    }

    /** What was done to an object that is no longer there. */
    void gone(Entity entity, String sentence) {
        done(new Entity(Json.object().put("id", entity.id()).put("name", entity.name())), sentence);
    }

    void json(JsonNode node) {
        if (format == Options.Format.YAML) {
            out.print(Yaml.text(node));
        } else {
            out.println(Json.pretty(node));
        }
    }

    void line(String text) {
        out.println(text);
    }

    /** Whether somebody still reads: not after {@code | head} had enough. */
    boolean heard() {
        return !out.checkError();
    }
}
