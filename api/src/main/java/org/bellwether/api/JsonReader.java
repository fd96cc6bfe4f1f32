package org.bellwether.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.api.BadDocument.Cause;

/**
 * Reads one document in JSON. Numbers and booleans may be native or strings; a list may be bare or one level down under
 * its element's name, as the API writes it; unknown keys are skipped.
 */
final class JsonReader {
    private static final JsonFactory USUAL = factory(Limits.USUAL);

    private final JsonParser parser;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    private static JsonFactory factory(Limits limits) {
        return new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.depth())
                        .maxNumberLength(Numbers.LONGEST)
                        .maxStringLength(limits.bytes())
                        .maxNameLength(1024)
                        .maxTokenCount(2L * limits.values())
                        .build())
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }

    @FunctionalInterface
    private interface Body<R> {
        R read(JsonReader reader) throws IOException;
    }

    private static <R> R read(byte[] document, Limits limits, Body<R> body) {
        limits.check(document.length);
        var factory = limits.equals(Limits.USUAL) ? USUAL : factory(limits);
        try (var parser = factory.createParser(document)) {
            var reader = new JsonReader(parser);
            parser.nextToken();
            var result = body.read(reader);
            if (parser.nextToken() != null) {
                throw reader.syntax("Something follows after the end of the document.");
            }
            return result;
        } catch (StreamConstraintsException e) {
            throw new BadDocument(Cause.LIMIT, "The JSON document goes over a limit: " + e.getOriginalMessage() + ".");
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            var place = where == null ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr();
            throw new BadDocument(
                    Cause.SYNTAX, "The JSON is broken" + place + ": " + Values.shown(e.getOriginalMessage()) + ".");
        } catch (IOException e) {
            throw new BadDocument(Cause.SYNTAX, "The JSON is broken: " + Values.shown(e.getMessage()) + ".");
        }
    }

    static <T extends Struct> T object(byte[] document, StructType<T> type, Limits limits) {
        return read(document, limits, reader -> reader.object(type, new Trail(type.element())));
    }

    static <T extends Struct> List<T> list(byte[] document, StructType<T> type, Limits limits) {
        return read(document, limits, reader -> reader.documentList(type));
    }

    private <T extends Struct> List<T> documentList(StructType<T> type) throws IOException {
        var items = new ArrayList<T>();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            array(items, type);
        } else {
            begin(type.plural());
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var key = parser.currentName();
                parser.nextToken();
                if (!key.equals(type.element())) {
                    parser.skipChildren();
                } else if (parser.currentToken() == JsonToken.START_ARRAY) {
                    array(items, type);
                } else {
                    items.add(object(type, new Trail(type.element())));
                }
            }
        }
        return List.copyOf(items);
    }

    private <T extends Struct> void array(List<T> items, StructType<T> type) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(object(type, new Trail(type.element())));
        }
    }

    private void begin(Object what) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw syntax("An object for '" + what + "' is expected, but " + found() + " was found.");
        }
    }

    private <T extends Struct> T object(StructType<T> type, Trail path) throws IOException {
        begin(path);
        var builder = type.newBuilder();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var attribute = type.attribute(parser.currentName());
            var token = parser.nextToken();
            if (attribute == null) {
                parser.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                path.enter(attribute);
                builder.putUnchecked(
                        attribute.index(), attribute.isList() ? values(attribute, path) : value(attribute, path));
                path.leave();
            }
        }
        return builder.finish();
    }

    private List<Object> values(Attribute attribute, Trail path) throws IOException {
        var values = new ArrayList<Object>();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            elements(attribute, values, path);
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var inner = attribute.isInner(parser.currentName());
                parser.nextToken();
                if (!inner) {
                    parser.skipChildren();
                } else if (parser.currentToken() == JsonToken.START_ARRAY) {
                    elements(attribute, values, path);
                } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
                    values.add(value(attribute, path));
                }
            }
        } else {
            throw syntax("A list for '" + path + "' is expected, but " + found() + " was found.");
        }
        return List.copyOf(values);
    }

    private void elements(Attribute attribute, List<Object> values, Trail path) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(attribute, path));
        }
    }

    private Object value(Attribute attribute, Trail path) throws IOException {
        if (attribute.kind() == Kind.STRUCT) {
            return object(attribute.struct(), path);
        }
        return switch (parser.currentToken()) {
            case VALUE_STRING -> text(attribute, parser.getText(), path);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(attribute, path);
            case VALUE_TRUE, VALUE_FALSE -> flag(attribute, path);
            default -> throw Values.wrong(attribute, "(" + found() + ")", path);
        };
    }

    private static Object text(Attribute attribute, String text, Trail path) {
        if (attribute.kind() == Kind.DATE) {
            var milliseconds = Numbers.integer(text);
            var instant = milliseconds == null ? null : Numbers.instant(milliseconds);
            if (instant != null) {
                return instant;
            }
        }
        return attribute.isHref() ? Places.below(text) : Values.parse(attribute, text, path);
    }

    private Object number(Attribute attribute, Trail path) throws IOException {
        var text = parser.getText();
        if (attribute.kind() == Kind.DATE) {
            var milliseconds = Numbers.integer(text);
            var instant = milliseconds == null ? null : Numbers.instant(milliseconds);
            if (instant == null) {
                throw Values.wrong(attribute, text, path);
            }
            return instant;
        }
        if (attribute.kind() == Kind.BOOLEAN || attribute.kind() == Kind.ENUM) {
            throw Values.wrong(attribute, text, path);
        }
        return Values.parse(attribute, text, path);
    }

    private Object flag(Attribute attribute, Trail path) {
        boolean flag = parser.currentToken() == JsonToken.VALUE_TRUE;
        return switch (attribute.kind()) {
            case BOOLEAN -> flag;
            case STRING -> Boolean.toString(flag);
            default -> throw Values.wrong(attribute, Boolean.toString(flag), path);
        };
    }

    private String found() {
        var token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }

    private BadDocument syntax(String detail) {
        var where = parser.currentLocation();
        return new BadDocument(
                Cause.SYNTAX, detail + " Look at line " + where.getLineNr() + ", column " + where.getColumnNr() + ".");
    }
}
