package org.bellwether.engine.platform.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Failure;

/**
 * The portals' files, from the class path: one page for every address below {@code /}, {@code /admin} and {@code /portal}, and
 * what it loads. Files whose names hold a hash of their content are kept by browsers for good; the page is asked for each time,
 * and answered with 304 while it is the same. What the build compressed leaves compressed.
 */
public final class PortalFiles implements Endpoint {
    private static final String ROOT = "/META-INF/bellwether-portal/";
    private static final String PAGE = "index.html";

    /** Scripts and everything else only from here, and no other site may show the portal inside its own page. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
                    + "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "woff2", "font/woff2",
            "json", "application/json");

    private record File(String type, Bytes content, Optional<Bytes> compressed, String tag) {}

    /** Arrays in records would be compared by identity; nobody compares these, but the compiler cannot know. */
    private static final class Bytes {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    private final Map<String, File> files = new ConcurrentHashMap<>();

    /** Declares the places. */
    public void declare(Site.Builder site) {
        for (String place : new String[] {"/", "/admin", "/portal", "/authorize"}) {
            site.on("GET", place, this);
        }
        // Where people are used to find the portals of engines of this kind.
        site.on(
                "GET",
                "/ovirt-engine",
                _ -> WebReply.text(302, "text/plain", "").with("Location", "/"));
        site.below("/admin", this).below("/portal", this).below("/assets", this);
    }

    @Override
    public WebReply answer(WebRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw new WebException(
                    405,
                    "Operation Failed",
                    Failure.badRequest("The portals' pages only take GET").next("Use the API"));
        }
        String path = request.plainPath();
        boolean asset = path.startsWith("/assets/");
        File file = file(asset ? path.substring(1) : PAGE)
                .orElseThrow(() -> asset
                        ? Failure.notFound("There is nothing at " + path).next("Load the page again")
                        : Failure.notFound("This engine was installed without its portals")
                                .next("Install the package of the portals; the API is at " + ApiPath.BASE));
        String caching = asset ? "public, max-age=31536000, immutable" : "no-cache";
        if (request.header("if-none-match").filter(file.tag()::equals).isPresent()) {
            return headers(WebReply.of(304, file.type(), _ -> {}), file, caching);
        }
        boolean gzip = file.compressed().isPresent()
                && request.header("accept-encoding")
                        .filter(encodings -> encodings.toLowerCase(Locale.ROOT).contains("gzip"))
                        .isPresent();
        Bytes body = gzip ? file.compressed().orElse(file.content()) : file.content();
        WebReply reply = headers(WebReply.of(200, file.type(), out -> out.write(body.bytes)), file, caching)
                .with("Vary", "Accept-Encoding");
        return gzip ? reply.with("Content-Encoding", "gzip") : reply;
    }

    private static WebReply headers(WebReply reply, File file, String caching) {
        return reply.with("ETag", file.tag())
                .with("Cache-Control", caching)
                .with("Content-Security-Policy", POLICY)
                .with("Referrer-Policy", "no-referrer")
                .with("X-Frame-Options", "DENY")
                .with("Cross-Origin-Opener-Policy", "same-origin");
    }

    private Optional<File> file(String name) {
        // Names of the build's own making; anything else could leave the folder.
        if (!name.matches("[A-Za-z0-9_./-]+") || name.contains("..")) {
            return Optional.empty();
        }
        File known = files.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        String ending = name.substring(name.lastIndexOf('.') + 1);
        String type = TYPES.getOrDefault(ending, WebReply.BYTES);
        Optional<File> found = read(name)
                .map(content -> new File(type, content, read(name + ".gz"), "\"" + digest(content.bytes) + "\""));
        found.ifPresent(file -> files.put(name, file));
        return found;
    }

    private static Optional<Bytes> read(String name) {
        try (InputStream in = PortalFiles.class.getResourceAsStream(ROOT + name)) {
            return in == null ? Optional.empty() : Optional.of(new Bytes(in.readAllBytes()));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 12);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
