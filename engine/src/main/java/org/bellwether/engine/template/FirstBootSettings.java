package org.bellwether.engine.template;

import java.util.List;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.OperatingSystem;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.PasswordCrypt;
import org.jspecify.annotations.Nullable;

/** What is decided of a guest's first boot, for a machine or for all that are made of a template. */
public final class FirstBootSettings {

    private static final int LONGEST_SCRIPT = 256 * 1024;
    private static final Initialization NOTHING = Initialization.builder().build();

    private FirstBootSettings() {}

    public static boolean windows(@Nullable OperatingSystem os) {
        return os != null && os.type() != null && windows(os.type());
    }

    public static boolean windows(String osType) {
        return osType.startsWith("windows");
    }

    /**
     * What people say over what was decided before. What they say to be nothing is taken away; all of it, where they say
     * nothing of any.
     */
    public static @Nullable Initialization over(@Nullable Initialization before, Initialization said, boolean windows) {
        if (said.equals(NOTHING)) {
            return null;
        }
        var together = Initialization.TYPE.merge(before == null ? NOTHING : before, decided(said, windows));
        var left = Initialization.TYPE.newBuilder();
        for (var attribute : Initialization.TYPE.attributes()) {
            var value = together.value(attribute);
            if (!"".equals(value) && !List.of().equals(value)) {
                left.set(attribute, value);
            }
        }
        var settings = left.build();
        return settings.equals(NOTHING) ? null : settings;
    }

    /** What is kept of what people say: passwords only as their hash, and what belongs to imports not at all. */
    private static Initialization decided(Initialization said, boolean windows) {
        var kept = said.toBuilder().configuration(null).cloudInit(null);
        var password = said.rootPassword();
        if (password != null && !password.isEmpty() && !PasswordCrypt.isHash(password)) {
            if (windows) {
                throw Failure.badRequest("A password for Windows cannot be kept with the machine")
                        .because("its Setup takes no hash, and passwords are not stored in clear")
                        .next("Give it in a custom script, an answer file of your own");
            }
            kept.rootPassword(PasswordCrypt.hash(password));
        }
        var script = said.customScript();
        if (script != null && script.length() > LONGEST_SCRIPT) {
            throw Failure.badRequest("The custom script has more than " + LONGEST_SCRIPT + " characters");
        }
        return kept.build();
    }

    /** What of it is shown. */
    public static @Nullable Initialization shown(@Nullable Initialization kept) {
        return kept == null ? null : kept.toBuilder().rootPassword(null).build();
    }
}
