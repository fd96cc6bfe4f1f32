package org.bellwether.engine.template;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bellwether.api.types.Display;
import org.bellwether.api.types.DisplayType;
import org.bellwether.api.types.GraphicsConsole;
import org.bellwether.api.types.GraphicsType;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/** The one screen that a machine has, or what is made from a template; or none: then it is headless, and has no monitors. */
public final class Screens {

    private static final GraphicsType PROTOCOL = GraphicsType.VNC;

    private Screens() {}

    public static boolean headless(@Nullable Display display) {
        var monitors = display == null ? null : display.monitors();
        return monitors != null && monitors == 0;
    }

    /** Its id is its protocol in hexadecimal digits, as clients know it. */
    public static String id() {
        return HexFormat.of().formatHex(PROTOCOL.wire().getBytes(StandardCharsets.US_ASCII));
    }

    /** As the API shows it, without what it belongs to. */
    public static GraphicsConsole.Builder document() {
        return GraphicsConsole.builder().id(id()).protocol(PROTOCOL);
    }

    /**
     * What is decided with the screen that somebody wants.
     *
     * @param owner who gets it, as a sentence begins
     */
    public static Display added(@Nullable Display now, GraphicsConsole wanted, String owner) {
        if (wanted.protocol() != null && wanted.protocol() != PROTOCOL) {
            throw Failure.badRequest("Machines here have no screens of the protocol "
                            + wanted.protocol().wire())
                    .next("Choose " + PROTOCOL.wire());
        }
        if (!headless(now)) {
            throw Failure.conflict(owner + " has its screen already").undone("Nothing was changed");
        }
        return edited(now).type(DisplayType.VNC).monitors(1L).build();
    }

    /** What is decided without it. */
    public static Display removed(@Nullable Display now) {
        return edited(now).type(null).monitors(0L).build();
    }

    private static Display.Builder edited(@Nullable Display now) {
        return now == null ? Display.builder() : now.toBuilder();
    }
}
