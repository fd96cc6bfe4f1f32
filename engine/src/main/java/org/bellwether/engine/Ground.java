package org.bellwether.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.config.EngineConfig;
import org.bellwether.engine.platform.operation.CrashPoint;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Identity;
import org.bellwether.engine.platform.pki.SealingKey;
import org.bellwether.engine.platform.pki.WebIdentity;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.SettingRepository;
import org.bellwether.engine.platform.trace.Traces;

/** What stands below everything: identity, what is stored, operations, the log, the hosts' agents. */
final class Ground {
    final EngineConfig config;
    final Clock clock;
    final Authority authority;
    final Identity identity;
    final WebIdentity web;
    final Database database;
    final Operations operations;
    final Events events;
    final UUID instance;
    final Optional<Traces> traces;
    final Agents agents;

    Ground(EngineConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        makeDirectory(config);
        // The keys are read and proved while PostgreSQL comes up.
        var keys = CompletableFuture.supplyAsync(
                () -> Authority.open(config.dataDirectory().resolve("pki"), clock, config.authorityLife()));
        database = openDatabase(config);
        try {
            SealingKey.take(config.dataDirectory().resolve("secrets.key"));
            authority = opened(keys);
            authority.hostLife(config.hostCertificateLife());
            web = new WebIdentity(
                    authority,
                    names(),
                    config.webFiles().map(there -> new WebIdentity.Files(there.certificate(), there.key())),
                    clock);
            instance = UUID.fromString(new SettingRepository(database)
                    .once("instance-id", () -> UUID.randomUUID().toString()));
            traces = config.traces().map(there -> Traces.to(there, config.externalName(), instance));
            operations = new Operations(database, clock, new CrashPoint(config.crashAt()), traces);
            events = new Events(database, clock);
            identity = authority.engine();
            agents = new Agents(authority.engines(), authority.trusted());
        } catch (RuntimeException e) {
            abandon();
            throw e;
        }
    }

    /** Leaves no PostgreSQL behind, not that of an engine that was killed either, when there will be no engine. */
    void abandon() {
        database.close();
    }

    /** Under which this engine is reached. */
    List<String> names() {
        return Stream.of(config.externalName(), config.httpAddress(), "localhost", "127.0.0.1")
                .distinct()
                .toList();
    }

    /** How clients and hosts reach this engine. */
    String origin() {
        return "https://" + config.externalName() + ":" + config.httpsPort();
    }

    private static Authority opened(CompletableFuture<Authority> keys) {
        try {
            return keys.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException why ? why : e;
        }
    }

    private static Database openDatabase(EngineConfig config) {
        return config.database()
                .map(external -> {
                    try {
                        return Database.external(
                                external.url(),
                                external.user(),
                                Files.readString(external.passwordFile()).strip());
                    } catch (IOException e) {
                        throw new UncheckedIOException(
                                "The database's password file " + external.passwordFile() + " cannot be read", e);
                    }
                })
                .orElseGet(() -> Database.embedded(config.dataDirectory().resolve("postgres")));
    }

    private static void makeDirectory(EngineConfig config) {
        try {
            Files.createDirectories(config.dataDirectory());
        } catch (IOException e) {
            throw new UncheckedIOException("The data directory " + config.dataDirectory() + " cannot be made", e);
        }
    }
}
