package org.bellwether.engine.availability;

import java.time.Duration;

/** How far a migration is, as its two hosts say. */
public enum Passage {
    UNDERWAY,
    ARRIVED,
    /** It is not at the source any more and the destination is silent: there it runs, or nowhere. */
    LEFT,
    /** It stayed at the source. */
    STAYED,
    /** Neither host has it. */
    VANISHED,
    /** The source has been silent for long and the destination does not say that it has it: what is lost is looked for there. */
    LOST;

    /**
     * The two hosts report apart: so long after the source's word that of the destination may still be on its way. Longer than a
     * host that hangs is still taken for connected, or else its silence would be taken for an answer.
     */
    public static final Duration SETTLES = Duration.ofSeconds(30);

    /** For so long a silent source is waited for, because the migration may go on unheard. */
    public static final Duration GIVES_UP = Duration.ofMinutes(5);

    /**
     * What is known of a machine at a host.
     *
     * @param heard whether the host speaks now, or is known to be off
     * @param executes whether it said last that the machine executes there, running or paused
     * @param runs whether it said last that it runs there
     */
    public record End(boolean heard, boolean executes, boolean runs) {}

    /**
     * @param ended whether the source has said that the migration is over, however it went
     * @param since for how long the source has said that, or has been silent
     * @param leased whether a lease tells anyway whether it runs, on whichever host
     */
    public static Passage of(End source, End destination, boolean ended, Duration since, boolean leased) {
        // A source that is silent cannot say that it has stopped. Then it is enough that the destination runs it,
        // because
        // QEMU lets it run there only after it has stopped here for good.
        boolean there = destination.heard() && (source.heard() ? destination.executes() : destination.runs());
        if (there && !(source.heard() && source.executes())) {
            return ARRIVED;
        }
        if (!source.heard()) {
            return (destination.heard() || leased) && since.compareTo(GIVES_UP) > 0 ? LOST : UNDERWAY;
        }
        if (!ended) {
            return UNDERWAY;
        }
        if (source.executes()) {
            return STAYED;
        }
        return since.compareTo(SETTLES) <= 0 ? UNDERWAY : destination.heard() ? VANISHED : LEFT;
    }
}
