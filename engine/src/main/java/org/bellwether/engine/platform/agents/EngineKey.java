package org.bellwether.engine.platform.agents;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** What the engine shows to agents now; every new connection shows the newest. */
final class EngineKey extends X509ExtendedKeyManager {

    private static final String ALIAS = "engine";

    private record Shown(PrivateKey key, X509Certificate certificate) {}

    private final X509Certificate authority;
    private volatile Shown now;

    EngineKey(PrivateKey key, X509Certificate certificate, X509Certificate authority) {
        this.now = new Shown(key, certificate);
        this.authority = authority;
    }

    void show(PrivateKey key, X509Certificate certificate) {
        now = new Shown(key, certificate);
    }

    @Override
    public String[] getClientAliases(String kind, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(String[] kinds, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(String[] kinds, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public String @Nullable [] getServerAliases(String kind, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String kind, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return new X509Certificate[] {now.certificate(), authority};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return now.key();
    }
}
