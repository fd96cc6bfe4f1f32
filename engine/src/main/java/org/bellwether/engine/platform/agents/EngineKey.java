package org.bellwether.engine.platform.agents;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bellwether.engine.platform.pki.Fingerprint;
import org.bellwether.engine.platform.pki.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What the engine shows to agents now. While its authority is replaced there are two: an agent says by name whom it trusts, and
 * is shown the first that is of one of those.
 */
final class EngineKey extends X509ExtendedKeyManager {

    private volatile List<Identity> now;

    EngineKey(List<Identity> first) {
        this.now = List.copyOf(first);
    }

    void show(List<Identity> newer) {
        now = List.copyOf(newer);
    }

    /** Each goes by the fingerprint of its certificate, which stays its own when others come. */
    private static String alias(Identity identity) {
        return Fingerprint.of(identity.certificate());
    }

    private String choose(Principal @Nullable [] issuers) {
        var all = now;
        if (issuers != null) {
            for (var each : all) {
                if (Arrays.asList(issuers).contains(each.certificate().getIssuerX500Principal())) {
                    return alias(each);
                }
            }
        }
        return alias(all.getFirst());
    }

    private Identity named(String alias) {
        var all = now;
        return all.stream()
                .filter(each -> alias(each).equals(alias))
                .findFirst()
                .orElse(all.getFirst());
    }

    @Override
    public String[] getClientAliases(String kind, Principal @Nullable [] issuers) {
        return now.stream().map(EngineKey::alias).toArray(String[]::new);
    }

    @Override
    public String chooseClientAlias(String[] kinds, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(issuers);
    }

    @Override
    public String chooseEngineClientAlias(String[] kinds, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(issuers);
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
        return named(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return named(alias).key();
    }
}
