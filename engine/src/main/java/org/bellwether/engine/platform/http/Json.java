package org.bellwether.engine.platform.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bellwether.engine.platform.Failure;

/** The few flat JSON objects beside the API itself: tokens, enrolment, status. Streaming, so that it costs no start-up. */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(64 * 1024)
                    .build())
            .build();

    /** For what is only passed on. */
    private static final JsonFactory ANY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxStringLength(64 * 1024)
                    .build())
            .build();

    private Json() {}

    /** Whether the text is one value in JSON, of any kind, and nothing else. */
    public static boolean valid(String text) {
        try (JsonParser json = ANY.createParser(text)) {
            if (json.nextToken() == null) {
                return false;
            }
            json.skipChildren();
            return json.currentToken() != null && json.nextToken() == null;
        } catch (IOException broken) {
            return false;
        }
    }

    /** The text as a value in JSON. */
    public static String text(String text) {
        StringWriter written = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(written)) {
            json.writeString(text);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return written.toString();
    }

    /** Writes an object of texts, numbers and booleans, its names in alphabetical order. */
    public static String object(Map<String, ?> members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, ?> member : new TreeMap<>(members).entrySet()) {
                switch (member.getValue()) {
                    case String value -> json.writeStringField(member.getKey(), value);
                    case Boolean value -> json.writeBooleanField(member.getKey(), value);
                    case Number value -> json.writeNumberField(member.getKey(), value.longValue());
                    default -> throw new IllegalArgumentException("Not a flat value: " + member.getKey());
                }
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    /**
     * Reads an object whose members are texts, numbers or booleans, each as text; nulls are left out.
     *
     * @throws Failure of the kind BAD_REQUEST if it is anything else
     */
    public static Map<String, String> texts(byte[] body) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser json = FACTORY.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw notFlat();
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value == null || !value.isScalarValue()) {
                    throw notFlat();
                }
                if (value != JsonToken.VALUE_NULL) {
                    members.put(name, json.getText());
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw notFlat();
            }
        } catch (IOException broken) {
            throw notFlat().from(broken);
        }
        return members;
    }

    private static Failure notFlat() {
        return Failure.badRequest("The request's body is not an object in JSON whose members are texts")
                .next("Send it with Content-Type application/json, for instance {\"name\":\"value\"}");
    }
}
