package org.bellwether.agent.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
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
 * Renews this host's certificate, and whom it trusts. The key stays: so old and new files fit together whenever something dies,
 * and a host whose certificate has expired can still prove who it is.
 */
public final class CertificateRenewal {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);
    /** An engine replaces one authority at a time; room for a few that overlap, and no more. */
    private static final int MOST_AUTHORITIES = 8;

    private final Path stateDirectory;
    private final LiveIdentity identity;
    private final Clock clock;

    public CertificateRenewal(Path stateDirectory, LiveIdentity identity, Clock clock) {
        this.stateDirectory = stateDirectory;
        this.identity = identity;
        this.clock = clock;
    }

    /** What this host has now, and a request for the next certificate. */
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
            CertificateRequest.Builder answer = CertificateRequest.newBuilder()
                    .setCsr(HostIdentity.pem("CERTIFICATE REQUEST", csr))
                    .setNotBeforeMs(now.certificate().getNotBefore().toInstant().toEpochMilli())
                    .setNotAfterMs(now.certificate().getNotAfter().toInstant().toEpochMilli())
                    .setIssuer(HostIdentity.fingerprint(now.issuer()));
            for (X509Certificate authority : now.authorities()) {
                answer.addAuthorities(HostIdentity.fingerprint(authority));
            }
            return answer.build();
        } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
            throw Refusal.broken("No certificate can be asked for").because(String.valueOf(e.getMessage()));
        }
    }

    /** Takes a certificate into use that one of the trusted authorities gave to this host's key. */
    public synchronized CertificateRequest install(String pem) {
        HostIdentity now = identity.now();
        try {
            X509Certificate fresh = HostIdentity.certificate(pem);
            HostIdentity.signer(fresh, now.authorities());
            fresh.checkValidity();
            if (!fresh.getPublicKey().equals(now.certificate().getPublicKey())
                    || !HostIdentity.hostId(fresh).equals(now.hostId())) {
                throw Refusal.badRequest("The certificate is not for this host and its key");
            }
            HostIdentity.writeCertificate(stateDirectory, pem);
            use();
            LOG.info(
                    "this host's certificate is good until {}",
                    fresh.getNotAfter().toInstant());
            return request();
        } catch (GeneralSecurityException | IOException | HostIdentity.Unusable e) {
            throw Refusal.badRequest("The certificate cannot be taken into use")
                    .because(String.valueOf(e.getMessage()));
        }
    }

    /** Trusts these and no others from now on; never such that this host's own certificate would be of none of them. */
    public synchronized CertificateRequest trust(String pem) {
        HostIdentity now = identity.now();
        try {
            List<X509Certificate> wanted = HostIdentity.certificates(pem);
            if (wanted.size() > MOST_AUTHORITIES) {
                throw Refusal.badRequest("These are more than " + MOST_AUTHORITIES + " authorities");
            }
            for (X509Certificate authority : wanted) {
                // libvirt and QEMU refuse to work with a list in which there is one that is neither.
                authority.checkValidity();
                if (authority.getBasicConstraints() < 0) {
                    throw Refusal.badRequest("One of the certificates is no authority's: "
                            + authority.getSubjectX500Principal().getName());
                }
            }
            HostIdentity.signer(now.certificate(), wanted);
            if (!wanted.equals(now.authorities())) {
                write(wanted);
                use();
                LOG.info("this host trusts {} authorities now", wanted.size());
            }
            return request();
        } catch (GeneralSecurityException | IOException | HostIdentity.Unusable e) {
            throw Refusal.badRequest("The authorities cannot be trusted").because(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Lets go of authorities that have ended, if another one is left: with one of them in the list libvirt would not start. A host
     * that was away for years has nobody else who tells it so.
     */
    public synchronized void forgetEnded() {
        HostIdentity now = identity.now();
        Instant time = clock.instant();
        List<X509Certificate> left = now.authorities().stream()
                .filter(authority -> authority.getNotAfter().toInstant().isAfter(time))
                .toList();
        if (left.size() == now.authorities().size() || !left.contains(now.issuer())) {
            return;
        }
        try {
            write(left);
            use();
            LOG.info("an authority has ended and is trusted no more");
        } catch (IOException | CertificateEncodingException | HostIdentity.Unusable e) {
            LOG.warn("an authority that has ended is trusted still: {}", e.toString());
        }
    }

    private void write(List<X509Certificate> authorities) throws IOException, CertificateEncodingException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate authority : authorities) {
            text.append(HostIdentity.pem("CERTIFICATE", authority.getEncoded()));
        }
        HostIdentity.writeAuthorities(stateDirectory, text.toString());
    }

    private void use() throws HostIdentity.Unusable {
        identity.replace(HostIdentity.read(stateDirectory));
        QemuKeys.copy(identity.now());
        LibvirtKeys.tell(identity.now().directory());
    }
}
