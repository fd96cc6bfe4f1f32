package org.bellwether.engine.host;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Fingerprint;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the certificate authority without a stop. First every host learns to trust the next one, then each gets a certificate of
 * it, and when all have one the previous is trusted no more. How far it is lies on disk ({@link Authority}); what hosts have is
 * asked of them; so an engine that dies goes on where it was.
 */
public final class ReplaceAuthority {

    private static final Logger log = LoggerFactory.getLogger(ReplaceAuthority.class);

    private final Hosts hosts;
    private final HostCertificates certificates;
    private final Authority authority;
    private final Database database;
    private final Events events;
    private final Clock clock;
    private Authority.Stage last;

    ReplaceAuthority(
            Hosts hosts,
            HostCertificates certificates,
            Authority authority,
            Database database,
            Events events,
            Clock clock) {
        this.hosts = hosts;
        this.certificates = certificates;
        this.authority = authority;
        this.database = database;
        this.events = events;
        this.clock = clock;
        last = authority.stage();
    }

    /** Begins it when it is time, and goes one step on when it can. */
    void look() {
        authority.refresh();
        switch (authority.stage()) {
            case STEADY -> {
                if (!clock.instant().isBefore(authority.replacedAt())) {
                    authority.replace(false);
                }
            }
            case LEARNING -> {
                if (mayMove()) {
                    authority.move();
                }
            }
            case MOVING -> {
                var late = waitsFor();
                boolean ended = authority
                        .previousEnds()
                        .filter(end -> !clock.instant().isBefore(end))
                        .isPresent();
                if (late.isEmpty() || ended) {
                    authority.end();
                    told(
                            late.isEmpty() ? EventCode.AUTHORITY_REPLACED : EventCode.AUTHORITY_ENDED,
                            late.isEmpty()
                                    ? "The certificate authority was replaced: every host has a certificate of the new one,"
                                            + " and the previous one is trusted no more. Back the engine up now: hosts do not obey one that is"
                                            + " restored from before (bellwether engine backup FILE)."
                                    : "The previous certificate authority has ended. These hosts had no certificate of the new"
                                            + " one and are known no more until they are installed again (bw host install): "
                                            + names(late) + ".");
                }
            }
        }
        tellStage();
    }

    /** Asked by somebody. */
    void begin(boolean soon) {
        authority.replace(soon);
    }

    private boolean mayMove() {
        var now = clock.instant();
        if (!now.isBefore(authority.movesAtLatest())) {
            return true;
        }
        return authority.movesAfter().filter(after -> !now.isBefore(after)).isPresent()
                && hosts.model().all().stream().allMatch(host -> knowsOther(host) || away(host, now));
    }

    private boolean knowsOther(Host host) {
        var other = authority.other().map(Fingerprint::of);
        return certificates
                .of(host.id())
                .filter(said -> other.filter(said.trusts()::contains).isPresent())
                .isPresent();
    }

    /** One that comes back learns of it before anything else. */
    private boolean away(Host host, Instant now) {
        var observed = hosts.observed(host.id());
        return !observed.connected() && Duration.between(observed.since(), now).compareTo(authority.patience()) > 0;
    }

    /** Which hosts hold it up now, and why. */
    Map<Host, String> waitsFor() {
        var found = new LinkedHashMap<Host, String>();
        var stage = authority.stage();
        if (stage == Authority.Stage.STEADY) {
            return found;
        }
        var signing = Fingerprint.of(authority.certificate());
        for (var host : hosts.model().all()) {
            var said = certificates.of(host.id());
            boolean done = stage == Authority.Stage.LEARNING
                    ? knowsOther(host)
                    : said.filter(each -> each.issuer().equals(signing)).isPresent();
            if (!done) {
                found.put(host, why(host));
            }
        }
        return found;
    }

    private String why(Host host) {
        if (!hosts.observed(host.id()).connected()) {
            return "it is away";
        }
        return certificates.of(host.id()).filter(said -> !said.learns()).isPresent()
                ? "its agent is too old to be told: bw host upgrade " + host.name()
                : "it has not answered yet";
    }

    private static String names(Map<Host, String> late) {
        List<String> names = new ArrayList<>();
        late.forEach((host, why) -> names.add(host.name()));
        return String.join(", ", names);
    }

    private void tellStage() {
        var now = authority.stage();
        if (now == last) {
            return;
        }
        last = now;
        switch (now) {
            case LEARNING ->
                told(
                        EventCode.AUTHORITY_REPLACEMENT_BEGAN,
                        "The certificate authority is being replaced: hosts learn to trust the next one. Clients that keep a"
                                + " copy of the engine's ca.crt must fetch it again before "
                                + authority.movesAfter().orElse(clock.instant()) + ".");
            case MOVING ->
                told(
                        EventCode.AUTHORITY_MOVED,
                        "The new certificate authority signs now. The previous one is trusted until every host has a"
                                + " certificate of the new one.");
            case STEADY -> log.info("There is one certificate authority");
        }
    }

    private void told(EventCode code, String words) {
        log.info("{}", words);
        database.change(tx -> events.add(tx, code, Asker.engine(), Concerns.NOTHING, words));
    }
}
