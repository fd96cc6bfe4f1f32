package org.bellwether.engine.platform.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bellwether.api.Document;
import org.bellwether.api.Format;
import org.bellwether.engine.platform.Failure;

/**
 * Conditional requests. What a client has already is not sent again ({@code If-None-Match}: 304), and what is no longer as a
 * client believes is not changed ({@code If-Match}: 412). An entity tag is a digest of the document, so that whatever changes in
 * an answer changes its tag.
 */
final class Conditions {
    private static final int TAG_BYTES = 16;

    /** What conditional changes are under way on, so that of two with the same tag only one is let through. */
    private final Set<String> changing = ConcurrentHashMap.newKeySet();

    static String tag(Document document) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            document.digest(digest);
            return "\"" + HexFormat.of().formatHex(digest.digest(), 0, TAG_BYTES) + "\"";
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** The answer to a GET, or only that nothing has changed. */
    static WebReply unlessKnown(WebRequest request, WebReply reply) {
        Optional<String> known = request.header("if-none-match");
        String tag = reply.headers().get("ETag");
        if (known.isEmpty() || tag == null || reply.status() != 200 || !names(known.get(), tag)) {
            return reply;
        }
        return new WebReply(304, reply.contentType(), reply.headers(), _ -> {});
    }

    /**
     * Makes a change if the object is as the client believes.
     *
     * @param path the object's
     * @param now the answer to a GET of the object in the format of a media type
     */
    WebReply change(WebRequest request, String path, Function<Format, WebReply> now, Supplier<WebReply> change) {
        Optional<String> match = request.header("if-match");
        Optional<String> noneMatch = request.header("if-none-match");
        if (match.isEmpty() && noneMatch.isEmpty()) {
            return change.get();
        }
        if (!changing.add(path)) {
            throw Failure.conflict("Another conditional change of " + path + " is under way")
                    .undone("Nothing was changed")
                    .next("Read the object again and decide anew");
        }
        try {
            if (match.isPresent() && !holds(match.get(), now)) {
                throw failed(path + " is not as the request believes");
            }
            if (noneMatch.isPresent() && holds(noneMatch.get(), now)) {
                throw failed(path + " is there already, as the request excludes");
            }
            return change.get();
        } finally {
            changing.remove(path);
        }
    }

    private static WebException failed(String what) {
        return new WebException(
                412,
                "Precondition Failed",
                Failure.conflict(what)
                        .because("somebody has changed it since it was read")
                        .undone("Nothing was changed")
                        .next("Read the object again and decide anew"));
    }

    /** A tag may have been read in either format. What is not there has no tag. */
    private static boolean holds(String header, Function<Format, WebReply> now) {
        for (Format format : Format.values()) {
            try {
                String tag = now.apply(format).headers().get("ETag");
                if (tag != null && names(header, tag)) {
                    return true;
                }
            } catch (Failure gone) {
                if (gone.kind() != Failure.Kind.NOT_FOUND) {
                    throw gone;
                }
            } catch (WebException cannotBeRead) {
                return false;
            }
        }
        return false;
    }

    private static boolean names(String header, String tag) {
        if (header.strip().equals("*")) {
            return true;
        }
        for (String each : header.split(",")) {
            String named = each.strip();
            if ((named.startsWith("W/") ? named.substring(2) : named).equals(tag)) {
                return true;
            }
        }
        return false;
    }
}
