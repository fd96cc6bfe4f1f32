package org.bellwether.engine.host;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Fingerprint;
import org.bellwether.engine.platform.pki.Identity;
import org.bellwether.engine.platform.store.Json;

/**
 * The certificates of engine and hosts, an addition to the API:
 *
 * <pre>
 * GET  /ovirt-engine/services/certificates             whom all trust, how far a replacement of the authority is, and what each host has
 * POST /ovirt-engine/services/certificates             begins the replacement; with ?now=true clients get no time to learn of it
 * </pre>
 */
final class CertificatePages implements Endpoint {

    static final String PATH = "/ovirt-engine/services/certificates";

    private final Hosts hosts;
    private final HostCertificates certificates;
    private final Authority authority;
    private final ReplaceAuthority replacement;
    private final Gate gate;
    private final Supplier<Identity> web;

    CertificatePages(
            Hosts hosts,
            HostCertificates certificates,
            Authority authority,
            ReplaceAuthority replacement,
            Gate gate,
            Supplier<Identity> web) {
        this.hosts = hosts;
        this.certificates = certificates;
        this.authority = authority;
        this.replacement = replacement;
        this.gate = gate;
        this.web = web;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var caller = gate.caller(request, "The certificates are shown only to who is signed on");
        return switch (request.method()) {
            case "GET", "HEAD" -> WebReply.json(200, Json.write(shown(caller)));
            case "POST" -> begun(caller, request);
            default -> throw Failure.badRequest("Here one can ask with GET, and replace the authority with POST");
        };
    }

    private WebReply begun(Principal caller, WebRequest request) {
        if (caller.readOnly() || !gate.allows(caller, Permit.CONFIGURE_ENGINE, List.of())) {
            throw Failure.forbidden(caller.name() + " may not replace the certificate authority")
                    .because("that needs the permit " + Permit.CONFIGURE_ENGINE.wireName()
                            + " on the system, and not a read-only token");
        }
        replacement.begin("now=true".equals(request.query()));
        return WebReply.json(202, Json.write(shown(caller)));
    }

    private Map<String, Object> shown(Principal caller) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("stage", authority.stage().name().toLowerCase(Locale.ROOT));
        shown.put("authority", described(authority.certificate()));
        authority.other().ifPresent(other -> shown.put("other", described(other)));
        authority.movesAfter().ifPresent(after -> shown.put("signs_after", after.toString()));
        shown.put("replaced_at", authority.replacedAt().toString());
        shown.put("web", described(web.get().certificate()));
        var late = replacement.waitsFor();
        var all = new ArrayList<Map<String, Object>>();
        for (var host : hosts.model().all()) {
            if (gate.sees(caller, new Target("host", host.id().toString()))) {
                all.add(host(host, late));
            }
        }
        shown.put("hosts", all);
        return shown;
    }

    private Map<String, Object> host(Host host, Map<Host, String> late) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("id", host.id().toString());
        shown.put("name", host.name());
        certificates.of(host.id()).ifPresent(said -> {
            shown.put("until", said.notAfter().toString());
            shown.put("renewed_at", said.half().toString());
            shown.put("issuer", said.issuer());
        });
        var why = late.get(host);
        if (why != null) {
            shown.put("holds_up", why);
        }
        return shown;
    }

    private static Map<String, Object> described(X509Certificate certificate) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("subject", certificate.getSubjectX500Principal().getName());
        shown.put("issuer", certificate.getIssuerX500Principal().getName());
        shown.put("until", certificate.getNotAfter().toInstant().toString());
        shown.put("sha256", Fingerprint.of(certificate));
        return shown;
    }
}
