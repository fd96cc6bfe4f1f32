package org.bellwether.agent.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The identity that this host shows now. Connections that are open keep what they were opened with. */
public final class LiveIdentity extends X509ExtendedKeyManager {
    private static final String ALIAS = "host";
    private static final String KIND = "EC";

    private volatile HostIdentity now;

    public LiveIdentity(HostIdentity first) {
        this.now = first;
    }

    public HostIdentity now() {
        return now;
    }

    void replace(HostIdentity newer) {
        now = newer;
    }

    @Override
    public String[] getServerAliases(String kind, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(String kind, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return kind.equals(KIND) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String kind, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return kind.equals(KIND) ? ALIAS : null;
    }

    @Override
    public String @Nullable [] getClientAliases(String kind, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] kinds, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        HostIdentity shown = now;
        return new X509Certificate[] {shown.certificate(), shown.issuer()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return now.key();
    }
}
