package org.bellwether.engine.platform.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** A private key with the certificate that the authority gave it, and the authority's own behind it. */
public final class Identity {
    private final PrivateKey key;
    private final List<X509Certificate> chain;

    Identity(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    /**
     * Reads what {@link #toPem} wrote.
     *
     * @throws IllegalArgumentException if the text is broken
     */
    static Identity ofPem(String text) {
        return new Identity(Pem.privateKey(text), Pem.certificates(text));
    }

    /** @throws IllegalArgumentException if the key is not the one that the certificate speaks of */
    void check() {
        if (!KeyPairs.belongTogether(key, certificate().getPublicKey())) {
            throw new IllegalArgumentException("The private key is not the certificate's.");
        }
    }

    public PrivateKey key() {
        return key;
    }

    public PublicKey publicKey() {
        return certificate().getPublicKey();
    }

    /** The own certificate. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** The own certificate first, the authority's last. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** Key and chain in one text, so that one rename replaces both. As secret as the key. */
    String toPem() {
        return Pem.write(key) + Pem.write(chain);
    }

    /** A key store in memory for servers that want one; it is never written, so its password protects nothing. */
    public KeyStore keyStore(char[] password) {
        try {
            // Of the kinds of key store the one that does not spend a tenth of a second on encrypting.
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, password);
            store.setKeyEntry("identity", key, password, chain.toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("A key store in memory cannot be made.", impossible);
        }
    }

    /** Who it is, without the key. */
    @Override
    public String toString() {
        return "Identity[" + certificate().getSubjectX500Principal() + ", until "
                + certificate().getNotAfter().toInstant() + "]";
    }
}
