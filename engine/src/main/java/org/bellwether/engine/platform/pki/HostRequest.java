package org.bellwether.engine.platform.pki;

import java.security.PublicKey;
import java.util.regex.Pattern;
import org.bellwether.engine.platform.Failure;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** What a host asks to have signed, checked: the only thing taken from its signing request is the public key. */
public final class HostRequest {
    // RFC 1123 with the underscore that people use in laboratories.
    private static final Pattern DNS_NAME =
            Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
                    + "(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*");

    private final PublicKey key;
    private final String address;

    private HostRequest(PublicKey key, String address) {
        this.key = key;
        this.address = address;
    }

    /**
     * Checks a PKCS#10 request in PEM: it must hold a P-256 key and be signed with it.
     *
     * @param address where the host is reached, an IP address or a DNS name
     * @throws Failure of the kind BAD_REQUEST that says what is wrong
     */
    public static HostRequest of(String pem, String address) {
        if (!Profile.isAddress(address) && !DNS_NAME.matcher(address).matches()) {
            throw Failure.badRequest("Cannot enrol the host at this address")
                    .because("an address is an IP address or a DNS name")
                    .next("Give the agent --address with one of them");
        }
        PKCS10CertificationRequest request;
        try {
            request = Pem.request(pem).orElseThrow(() -> refused("there is no signing request in it"));
        } catch (IllegalArgumentException broken) {
            throw refused("it is not valid PEM").from(broken);
        }
        return new HostRequest(signedKey(request), address);
    }

    public PublicKey key() {
        return key;
    }

    public String address() {
        return address;
    }

    /** What tells one key from another, for instance when an enrolment is repeated. */
    public String fingerprint() {
        return Fingerprint.of(key);
    }

    private static PublicKey signedKey(PKCS10CertificationRequest request) {
        try {
            SubjectPublicKeyInfo info = request.getSubjectPublicKeyInfo();
            boolean onCurve = X9ObjectIdentifiers.id_ecPublicKey.equals(
                            info.getAlgorithm().getAlgorithm())
                    && SECObjectIdentifiers.secp256r1.equals(info.getAlgorithm().getParameters());
            if (!onCurve) {
                throw refused("its key is not an elliptic curve key on P-256");
            }
            PublicKey key = new JcaPEMKeyConverter().getPublicKey(info);
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw refused("it is not signed with its own key");
            }
            return key;
        } catch (Failure said) {
            throw said;
        } catch (Exception unreadable) {
            // Hostile structures come out of the parser as exceptions of many kinds; all mean the same here.
            throw refused("its key or signature cannot be read").from(unreadable);
        }
    }

    private static Failure refused(String reason) {
        return Failure.badRequest("The host's certificate request was refused")
                .because(reason)
                .next("Start the enrolment again; the agent makes a proper request by itself");
    }
}
