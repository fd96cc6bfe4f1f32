package org.bellwether.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.regex.Pattern;
import org.bellwether.api.BadDocument.Cause;

/**
 * The characters of an XML document. Decoded here and not by the parser, because the parser prints a line to standard
 * error for every byte that is none of its encoding's, and a stranger must not be able to fill a log.
 */
final class Characters {
    private static final int LONGEST_DECLARATION = 200;
    private static final Pattern ENCODING =
            Pattern.compile("\\A<\\?xml[^>]*?\\sencoding\\s*=\\s*[\"']([^\"']{1,40})[\"'][^>]*\\?>");

    private Characters() {}

    static String of(byte[] document) {
        try {
            var text = charset(document)
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(document))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new BadDocument(
                    Cause.SYNTAX, "The XML has bytes that are no characters in its encoding. Send UTF-8.");
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new BadDocument(Cause.SYNTAX, "The XML has an encoding that nobody knows. Send UTF-8.");
        }
    }

    /** A byte order mark decides, then the declaration, and else it is UTF-8. */
    private static Charset charset(byte[] document) {
        if (document.length >= 2) {
            int mark = ((document[0] & 0xFF) << 8) | (document[1] & 0xFF);
            if (mark == 0xFEFF || mark == 0xFFFE) {
                return StandardCharsets.UTF_16;
            }
        }
        var start =
                new String(document, 0, Math.min(document.length, LONGEST_DECLARATION), StandardCharsets.ISO_8859_1);
        var declared = ENCODING.matcher(start);
        return declared.find() ? Charset.forName(declared.group(1)) : StandardCharsets.UTF_8;
    }
}
