package org.bellwether.engine.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.pki.PrivateFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrator's password. At the first start it is made up and written to a file for the person who installs the
 * engine; what counts afterwards is its hash in the database. Writing another password into the file and restarting the
 * engine changes it; deleting the file keeps it.
 */
final class AdminPassword {
    static final String NAME = "admin";

    private static final Logger log = LoggerFactory.getLogger(AdminPassword.class);
    // Without characters that look alike, because people will type it.
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 24;

    private AdminPassword() {}

    /**
     * The administrator, with the password of the file if that is new.
     *
     * @return the user and whether its password changed, so that old tokens must go
     */
    static Prepared prepare(List<InternalUser> users, AccessRepository repository, Path file, InstantSource clock) {
        Optional<InternalUser> present =
                users.stream().filter(user -> user.name().equals(NAME)).findFirst();
        Optional<Secret> written = PrivateFile.read(file).map(String::strip).map(Secret::of);
        if (written.filter(Secret::isEmpty).isPresent()) {
            throw Failure.internal("The file " + file + " holds no password")
                    .next("Write one into it, or delete the file");
        }
        if (present.isPresent()
                && (written.isEmpty() || !writtenAfter(file, present.get().passwordSet()))) {
            return new Prepared(present.get(), false);
        }
        // The file first: a process killed in between finds it and goes on with it. The other way round, the password
        // would
        // be known to nobody.
        Secret password = written.orElseGet(() -> create(file));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (present.isPresent() && PasswordHash.matches(password, present.get().passwordHash())) {
            return new Prepared(present.get(), false);
        }
        InternalUser user = new InternalUser(
                present.map(InternalUser::id).orElseGet(UUID::randomUUID), NAME, PasswordHash.of(password), now);
        repository.save(user);
        return new Prepared(user, present.isPresent());
    }

    record Prepared(InternalUser user, boolean changed) {}

    private static Secret create(Path file) {
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        PrivateFile.write(file, text + "\n");
        log.info("The password of {}@{} is in {}", NAME, InternalUser.PROFILE, file);
        return Secret.of(text.toString());
    }

    private static boolean writtenAfter(Path file, Instant instant) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isAfter(instant);
        } catch (IOException vanished) {
            return false;
        }
    }
}
