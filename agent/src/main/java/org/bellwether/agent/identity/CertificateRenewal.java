package org.bellwether.agent.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.CertificateRequest;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews this host's certificate. The key stays: so old and new files fit together whenever something dies, and a host whose
 * certificate has expired can still prove who it is.
 */
public final class CertificateRenewal {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** Where the TLS listener may be: the one daemon, or the proxy of the many. */
    private static final List<String> DAEMONS = List.of("libvirtd", "virtproxyd");

    private final Path stateDirectory;
    private final LiveIdentity identity;

    public CertificateRenewal(Path stateDirectory, LiveIdentity identity) {
        this.stateDirectory = stateDirectory;
        this.identity = identity;
    }

    public CertificateRequest request() {
        HostIdentity now = identity.now();
        try {
            byte[] csr = new JcaPKCS10CertificationRequestBuilder(
                            new X500NameBuilder(BCStyle.INSTANCE)
                                    .addRDN(BCStyle.CN, now.hostId())
                                    .build(),
                            now.certificate().getPublicKey())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(now.key()))
                    .getEncoded();
            return CertificateRequest.newBuilder()
                    .setCsr(HostIdentity.pem("CERTIFICATE REQUEST", csr))
                    .setNotBeforeMs(now.certificate().getNotBefore().toInstant().toEpochMilli())
                    .setNotAfterMs(now.certificate().getNotAfter().toInstant().toEpochMilli())
                    .build();
        } catch (IOException | OperatorCreationException e) {
            throw Refusal.broken("No certificate can be asked for").because(String.valueOf(e.getMessage()));
        }
    }

    public synchronized CertificateRequest install(String pem) {
        HostIdentity now = identity.now();
        try {
            X509Certificate fresh = HostIdentity.certificate(pem);
            fresh.verify(now.authority().getPublicKey());
            fresh.checkValidity();
            if (!fresh.getPublicKey().equals(now.certificate().getPublicKey())
                    || !HostIdentity.hostId(fresh).equals(now.hostId())) {
                throw Refusal.badRequest("The certificate is not for this host and its key");
            }
            HostIdentity.writeCertificate(stateDirectory, pem);
            identity.replace(HostIdentity.read(stateDirectory));
            QemuKeys.copy(identity.now());
            tellLibvirt();
            LOG.info(
                    "this host's certificate is good until {}",
                    fresh.getNotAfter().toInstant());
            return request();
        } catch (GeneralSecurityException | IOException | HostIdentity.Unusable e) {
            throw Refusal.badRequest("The certificate cannot be taken into use")
                    .because(String.valueOf(e.getMessage()));
        }
    }

    /** Machines that come here by migration are let in with the newest certificate; libvirt reads it when it is told. */
    private static void tellLibvirt() {
        for (String daemon : DAEMONS) {
            try {
                Command.Outcome outcome = Command.of(
                                "virt-admin", "--connect", daemon + ":///system", "server-update-tls", daemon)
                        .run(DEADLINE);
                if (outcome.worked()) {
                    return;
                }
                LOG.debug("{}: {}", daemon, outcome.words());
            } catch (Refusal e) {
                LOG.debug("{}: {}", daemon, e.getMessage());
            }
        }
        LOG.warn("libvirt was not told of the new certificate; it reads it when it starts");
    }
}
