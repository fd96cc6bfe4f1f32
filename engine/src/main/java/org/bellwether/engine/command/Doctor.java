package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.config.EngineConfig;
import org.bellwether.engine.platform.operation.EngineMaintenance;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.OwnCertificate;
import org.bellwether.engine.platform.pki.Pem;
import org.bellwether.engine.platform.store.DatabaseAccess;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.SettingRepository;
import org.bellwether.engine.storage.StorageDomain;

/** Looks at everything that the engine stands on, with the engine or without it, and changes nothing. */
final class Doctor {

    private static final String AUTHORITY = "authority.pem";
    private static final long LEAST_SPACE = 1L << 30;
    private static final Duration SOON = Duration.ofDays(30);
    private static final Duration LONG_JOB = Duration.ofHours(6);
    private static final Duration OLD_BACKUP = Duration.ofDays(7);

    private final Installation engine;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();

    Doctor(Installation engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    List<Finding> look() {
        process();
        upgrade();
        space();
        certificates();
        try (var database = engine.database()) {
            database(database);
            journal(database);
            flock(database);
        } catch (Failure failure) {
            findings.add(Finding.bad(failure.what() + because(failure.cause()), failure.next()));
        }
        return List.copyOf(findings);
    }

    private static String because(String cause) {
        return cause.isEmpty() ? "" : ": " + cause;
    }

    private void process() {
        var pid = engine.pid();
        if (pid.isEmpty()) {
            findings.add(Finding.bad("The engine is down; machines run on without it", "bellwether engine start"));
        } else if (new EngineService(engine).serves()) {
            findings.add(Finding.well("The engine runs (process " + pid.get() + ") and serves"));
        } else {
            findings.add(Finding.bad(
                    "The engine runs (process " + pid.get() + ") and does not serve",
                    "See what it says: bellwether engine log; if it does not come round: bellwether engine restart"));
        }
    }

    /** Only an engine from its package is upgraded so that something may be cut off. */
    private void upgrade() {
        if (System.getProperty("bellwether.program") == null) {
            return;
        }
        try {
            UpgradeState.read(Path.of(UpgradeCommand.DIRECTORY))
                    .filter(state -> state.stage() != UpgradeState.Stage.DONE)
                    .map(state -> state.stage() == UpgradeState.Stage.RETURNED
                            ? Finding.note(
                                    "The engine is version " + state.previous().version()
                                            + ", because the one that was installed did not serve: " + state.why(),
                                    "bellwether engine upgrade --again, or install another version")
                            : Finding.bad(
                                    "An upgrade of the engine was cut off", "Install the package again, which goes on"))
                    .ifPresent(findings::add);
        } catch (IOException e) {
            findings.add(Finding.bad(
                    "How far the engine's upgrade is cannot be read: " + e.getMessage(), "Say it again as root"));
        }
    }

    private void space() {
        try {
            long free = Files.getFileStore(engine.data()).getUsableSpace();
            findings.add(
                    free >= LEAST_SPACE
                            ? Finding.well(engine.data() + " has " + (free >> 30) + " GiB of space left")
                            : Finding.bad(
                                    engine.data() + " has only " + (free >> 20) + " MiB of space left",
                                    "Make room: without space the database stops, and with it the engine"));
        } catch (IOException e) {
            findings.add(Finding.bad(
                    "The engine's directory " + engine.data() + " cannot be looked at: " + e.getMessage(),
                    "Check data-dir in " + engine.file()));
        }
    }

    private void certificates() {
        var shown = engine.config().webFiles().isPresent()
                ? List.of(AUTHORITY, "engine.pem")
                : List.of(AUTHORITY, "engine.pem", "web.pem");
        for (var file : shown) {
            certificate(engine.pki().resolve(file));
        }
        replacement();
        engine.config().webFiles().ifPresent(this::organisation);
        for (var file : List.of(AUTHORITY, "next.pem", "previous.pem")) {
            if (file.equals(AUTHORITY) || Files.exists(engine.pki().resolve(file))) {
                secret(engine.pki().resolve(file));
            }
        }
        secret(engine.secretsKey());
    }

    /** How far it is; the engine says to who is signed on which hosts it waits for. */
    private void replacement() {
        if (!Files.exists(engine.pki().resolve(AUTHORITY))) {
            return;
        }
        try {
            var authority = Authority.look(engine.pki(), clock, engine.config().authorityLife());
            switch (authority.stage()) {
                case STEADY ->
                    findings.add(
                            Finding.well("The authority is replaced by itself from " + authority.replacedAt() + " on"));
                case LEARNING ->
                    findings.add(Finding.note(
                            "The authority is being replaced: hosts and clients learn to trust the next one, which signs after "
                                    + authority.movesAfter().orElse(clock.instant()),
                            "Clients that keep a copy of ca.crt must fetch it again; bw certificate show says which hosts it waits"
                                    + " for. Sooner: bellwether engine cert roll --now"));
                case MOVING ->
                    findings.add(Finding.note(
                            "The authority was replaced, and the previous one is trusted until every host has a certificate of the"
                                    + " new one, or until "
                                    + authority.previousEnds().orElse(clock.instant()),
                            "bw certificate show says which hosts it waits for: bring them back or remove them"));
            }
        } catch (Failure damaged) {
            findings.add(Finding.bad(damaged.what() + because(damaged.cause()), damaged.next()));
        }
    }

    private void organisation(EngineConfig.WebFiles files) {
        try {
            var identity = OwnCertificate.read(files.certificate(), files.key());
            OwnCertificate.requireGood(identity, files.certificate(), clock.instant());
            var certificate = identity.certificate();
            var until = certificate.getNotAfter().toInstant();
            var name = "The organisation's certificate for the HTTPS server is good until " + until;
            if (Duration.between(clock.instant(), until).compareTo(SOON) < 0) {
                findings.add(
                        Finding.bad(name, "Put a renewed one into " + files.certificate() + "; no restart is needed"));
            } else if (!OwnCertificate.speaksFor(certificate, engine.config().externalName())) {
                findings.add(Finding.bad(
                        "The organisation's certificate in " + files.certificate() + " does not speak for "
                                + engine.config().externalName() + ", by which people reach the engine",
                        "Set external-name to one of its names, or have one made for that name"));
            } else {
                findings.add(Finding.well(name));
            }
        } catch (Failure wrong) {
            findings.add(Finding.bad(wrong.what() + because(wrong.cause()), wrong.next()));
        }
    }

    private void certificate(Path file) {
        X509Certificate shown;
        try {
            shown = Pem.certificates(Files.readString(file)).getFirst();
        } catch (IOException | IllegalArgumentException e) {
            boolean authority = file.endsWith(AUTHORITY);
            findings.add(Finding.bad(
                    "The certificate in " + file + " cannot be read: " + e.getMessage(),
                    authority
                            ? "Put the file back from a backup: without it every host must be enrolled again"
                            : "Restart the engine, which makes it anew"));
            return;
        }
        var until = shown.getNotAfter().toInstant();
        var left = Duration.between(clock.instant(), until);
        var name = "The certificate " + file.getFileName() + " is good until " + until;
        if (left.isNegative()) {
            findings.add(Finding.bad(
                    "The certificate " + file.getFileName() + " has expired at " + until,
                    "Check this machine's clock; then restart the engine, which renews what it can"));
        } else {
            findings.add(Finding.well(name));
        }
    }

    private void secret(Path file) {
        try {
            var others = Files.getPosixFilePermissions(file);
            others.removeAll(List.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
            if (!others.isEmpty()) {
                findings.add(Finding.bad("Others may reach the secrets in " + file, "chmod 600 " + file));
            }
        } catch (IOException e) {
            findings.add(Finding.bad("There is no " + file, "Put the file back from a backup"));
        }
    }

    private void database(DatabaseAccess database) {
        var migrations = database.migrations();
        if (database.schemaKnown()) {
            findings.add(Finding.well("The database answers, at version " + migrations.getLast() + ", "
                    + (database.size() >> 20) + " MiB"));
        } else {
            findings.add(Finding.bad(
                    "The database is at version " + migrations.getLast() + ", which this engine does not know",
                    "Install the version of the engine that ran before, or a newer one"));
        }
        var last = database.transaction(tx -> SettingRepository.find(tx, BackupCommand.LAST))
                .map(Instant::parse);
        if (last.isEmpty()) {
            findings.add(Finding.note("The engine was never backed up", "bellwether engine backup FILE"));
        } else if (Duration.between(last.get(), clock.instant()).compareTo(OLD_BACKUP) > 0) {
            findings.add(
                    Finding.note("The last backup of the engine is of " + last.get(), "bellwether engine backup FILE"));
        } else {
            findings.add(Finding.well("The engine was backed up at " + last.get()));
        }
    }

    private void journal(DatabaseAccess database) {
        database.transaction(EngineMaintenance::now)
                .ifPresent(state -> findings.add(Finding.note(
                        "The engine is in maintenance since " + state.since() + ": " + state.reason(),
                        "bellwether engine maintenance off")));
        var running = database.transaction(EngineMaintenance::running);
        var stuck = running.stream()
                .filter(job -> Duration.between(job.started(), clock.instant()).compareTo(LONG_JOB) > 0)
                .toList();
        stuck.forEach(job -> findings.add(Finding.note(
                "'" + job.description() + "' runs since " + job.started(),
                "See its steps: bw job show " + job.id()
                        + "; restarting the engine takes it up again from its last step")));
        if (stuck.isEmpty()) {
            findings.add(Finding.well(
                    running.isEmpty() ? "No operation runs" : running.size() + " operations run, none for long"));
        }
    }

    private void flock(DatabaseAccess database) {
        var hosts = database.bodies("hosts").stream()
                .map(body -> Json.read(body, Host.class))
                .toList();
        var domains = database.bodies("storage_domains").stream()
                .map(body -> Json.read(body, StorageDomain.class))
                .toList();
        if (hosts.isEmpty()) {
            findings.add(Finding.note("There is no host yet", "Add one: bw host add, or enrol it with: bw host token"));
            return;
        }
        if (Files.exists(engine.pki().resolve(AUTHORITY))) {
            findings.addAll(new FlockVisit(engine, clock).look(hosts, domains));
        }
    }

    /** The worst of it. */
    static Optional<Finding> worst(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.grade() == Finding.Grade.BAD)
                .findFirst();
    }
}
