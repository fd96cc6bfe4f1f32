package org.bellwether.engine.platform.http;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.pki.Pem;

/** Hands out public certificates: what a client must trust before it can talk to us. */
public final class PkiPages {
    private static final String CERTIFICATE = "application/x-x509-ca-cert";

    private final Supplier<List<X509Certificate>> authorities;
    private final Supplier<X509Certificate> web;
    private final Supplier<PublicKey> ssh;

    /**
     * @param authorities whom clients must trust: one after the other in one text, the authority that signs now first
     * @param web the certificate that the HTTPS server shows now
     * @param ssh the key by which hosts let the engine in; not that of the web certificate, which may be anybody's
     */
    public PkiPages(
            Supplier<List<X509Certificate>> authorities, Supplier<X509Certificate> web, Supplier<PublicKey> ssh) {
        this.authorities = authorities;
        this.web = web;
        this.ssh = ssh;
    }

    /** Declares the places. */
    public void declare(Site.Builder site) {
        site.onPlain("GET", "/ca.crt", request -> pem(authorities.get()));
        site.onPlain("GET", "/ovirt-engine/services/pki-resource", this::resource);
    }

    private WebReply resource(WebRequest request) {
        Map<String, String> parameters = Segments.query(request.query());
        String resource = parameters.getOrDefault("resource", "ca-certificate");
        List<X509Certificate> certificates = switch (resource) {
            // One authority signs the engine, the hosts and their consoles; while it is replaced there are two.
            case "ca-certificate", "qemu-ca-certificate" -> authorities.get();
            case "engine-certificate" -> List.of(web.get());
            default ->
                throw Failure.notFound("There is no resource \"" + resource + "\"")
                        .next("Use ca-certificate, qemu-ca-certificate or engine-certificate");
        };
        String format = parameters.getOrDefault("format", "X509-PEM");
        return switch (format) {
            case "X509-PEM", "X509-PEM-CA" -> pem(certificates);
            case "OPENSSH-PUBKEY" ->
                WebReply.text(
                        200,
                        "text/plain",
                        openSsh(
                                resource.equals("engine-certificate")
                                        ? ssh.get()
                                        : certificates.getFirst().getPublicKey()));
            default ->
                throw Failure.badRequest("There is no format \"" + format + "\"")
                        .next("Use X509-PEM, X509-PEM-CA or OPENSSH-PUBKEY");
        };
    }

    private static WebReply pem(List<X509Certificate> certificates) {
        return WebReply.text(200, CERTIFICATE, Pem.write(certificates));
    }

    /** RFC 5656: the curve's name twice, then the point uncompressed. */
    private static String openSsh(PublicKey key) {
        if (!(key instanceof ECPublicKey elliptic)) {
            throw new IllegalStateException("The engine makes no keys but elliptic ones.");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            field(out, "ecdsa-sha2-nistp256".getBytes(StandardCharsets.US_ASCII));
            field(out, "nistp256".getBytes(StandardCharsets.US_ASCII));
            byte[] point = new byte[65];
            point[0] = 4;
            copy(elliptic.getW().getAffineX(), point, 1);
            copy(elliptic.getW().getAffineY(), point, 33);
            field(out, point);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return "ecdsa-sha2-nistp256 " + Base64.getEncoder().encodeToString(bytes.toByteArray()) + " bellwether\n";
    }

    private static void field(DataOutputStream out, byte[] content) throws IOException {
        out.writeInt(content.length);
        out.write(content);
    }

    /** Right-aligned in 32 bytes, without the sign byte that BigInteger may put in front. */
    private static void copy(BigInteger coordinate, byte[] point, int offset) {
        byte[] bytes = coordinate.toByteArray();
        int skip = Math.max(0, bytes.length - 32);
        System.arraycopy(bytes, skip, point, offset + 32 - (bytes.length - skip), bytes.length - skip);
    }
}
