package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The disk of the engine machine with the engine of this build in it, made as people make it: the package, and around it the
 * Debian that `bw` has fetched before, because tests have no network. Made once for each build, or for each lab where nobody
 * says where the build is.
 */
record EngineMachineImage(Path disk) {
    static synchronized EngineMachineImage prepare(Lab lab) {
        Path home = Site.build().toString().isEmpty() ? lab.directory() : Site.build();
        Path disk = home.resolve("engine-machine.raw");
        if (!Files.exists(disk)) {
            Progress.say("making the engine machine");
            try {
                Path work = Files.createTempDirectory(home, "engine-machine");
                Path draft = work.resolve("disk.raw");
                Path debian = EnginePackage.build(work).debian();
                EnginePackage.recipe("engine-machine", work, debian.toString(), draft.toString());
                Files.move(draft, disk, StandardCopyOption.ATOMIC_MOVE);
                Lab.removeTree(work);
            } catch (IOException e) {
                throw new LabFailure("cannot make " + disk + ": " + e.getMessage(), e);
            }
        }
        return new EngineMachineImage(disk);
    }
}
