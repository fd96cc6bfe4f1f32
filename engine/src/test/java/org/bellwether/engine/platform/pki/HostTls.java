package org.bellwether.engine.platform.pki;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.UUID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** What a host that is only pretended shows to the engine: a key of its own, signed by the engine's authority. */
public final class HostTls {

    private HostTls() {}

    /** For a server at that address, of the host with that id. */
    public static SslContext of(Authority authority, String address, UUID id) throws Exception {
        var keys = keys();
        var certificate = authority.sign(HostRequest.of(request(keys), address), id);
        return GrpcSslContexts.forServer(
                        pem("CERTIFICATE", certificate.getEncoded()),
                        pem("PRIVATE KEY", keys.getPrivate().getEncoded()))
                .build();
    }

    private static KeyPair keys() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static String request(KeyPair keys) throws Exception {
        var request = new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        return new String(pem("CERTIFICATE REQUEST", request.getEncoded()).readAllBytes(), StandardCharsets.UTF_8);
    }

    private static ByteArrayInputStream pem(String type, byte[] bytes) throws Exception {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, bytes));
        }
        return new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
