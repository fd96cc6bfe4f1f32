package org.bellwether.agent.cockpit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Control messages as Cockpit's programs exchange them: the length in digits, a line feed, and so many bytes, of which those
 * up to the first line feed name a channel. Control messages have none. (Cockpit's doc/protocol.md.)
 */
final class Frames {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 16 * 1024;
    private static final int MOST_DIGITS = 6;

    private Frames() {}

    static void write(OutputStream out, JsonNode message) throws IOException {
        byte[] payload = ("\n" + message).getBytes(StandardCharsets.UTF_8);
        out.write((payload.length + "\n").getBytes(StandardCharsets.US_ASCII));
        out.write(payload);
        out.flush();
    }

    static JsonNode read(InputStream in) throws IOException {
        int length = length(in);
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("it ended before a whole message came");
        }
        String text = new String(payload, StandardCharsets.UTF_8);
        if (!text.startsWith("\n")) {
            throw new IOException("a control message was expected");
        }
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IOException("a control message is not JSON"); // not its text: that may be a ticket
        }
    }

    private static int length(InputStream in) throws IOException {
        StringBuilder digits = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("it ended before a whole message came");
            }
            if (next < '0' || next > '9' || digits.length() >= MOST_DIGITS) {
                throw new IOException("a message begins with its length");
            }
            digits.append((char) next);
        }
        int length = digits.isEmpty() ? 0 : Integer.parseInt(digits.toString());
        if (length == 0 || length > LONGEST) {
            throw new IOException("a message of " + length + " bytes is not read here");
        }
        return length;
    }
}
