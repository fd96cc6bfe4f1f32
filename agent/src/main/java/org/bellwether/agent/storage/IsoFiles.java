package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.ListedFile;

/** The images of discs in an ISO domain: plain files in one directory, put there by people. */
final class IsoFiles {
    /** The image that V5 keeps all files of an ISO domain in. */
    static final String IMAGE = "11111111-1111-1111-1111-111111111111";

    private IsoFiles() {}

    static List<ListedFile> list(DomainPlace domain, DomainDescription description) throws IOException {
        if (description.getDomainClass() != DomainClass.ISO) {
            throw Refusal.wrongState("Storage domain " + domain.id() + " holds disks, not files");
        }
        List<Path> found;
        try (Stream<Path> names = Files.list(domain.image(IMAGE))) {
            found = names.filter(path -> isDisc(path.getFileName().toString()))
                    .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
        List<ListedFile> files = new ArrayList<>();
        for (Path path : found) {
            files.add(ListedFile.newBuilder()
                    .setName(path.getFileName().toString())
                    .setBytes(Files.size(path))
                    .build());
        }
        return files;
    }

    private static boolean isDisc(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".iso") || lower.endsWith(".vfd");
    }
}
