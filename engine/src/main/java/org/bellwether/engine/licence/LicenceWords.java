package org.bellwether.engine.licence;

import java.util.List;

/** The words of the page that is printed. */
record LicenceWords(
        String language,
        String title,
        String made,
        String cluster,
        String notice,
        String method,
        String removed,
        String hosts,
        List<String> hostColumns,
        String machines,
        List<String> machineColumns,
        String runs,
        List<String> runColumns,
        String changes,
        List<String> changeColumns,
        String yes,
        String no,
        String within,
        String beyond,
        String unproven,
        String notSampled) {

    private static final LicenceWords ENGLISH = new LicenceWords(
            "en",
            "Evidence of the licence zone",
            "Made at",
            "Cluster",
            "This page says what was declared and what was seen. Whether a licensor accepts it, as a limit of what must be"
                    + " licensed or as evidence, is for the licensor alone to say: ask before you rely on it.",
            "Machines of the zone are started and migrated onto declared processors only, with all threads of QEMU: those"
                    + " of the guest's processors, of the emulator and of its I/O. The agent on each host reads every few"
                    + " seconds from the kernel (/proc) which processors these threads may use. What the column \"seen\""
                    + " says was read there. A stay on a host that was over before the first reading, and the seconds before it, are"
                    + " told as \"not sampled\": they are known from the machine's starts, stops and moves. All times are UTC.",
            "The zone was removed. What follows was kept.",
            "Declared hosts",
            List.of(
                    "Host",
                    "Hardware UUID",
                    "Processor",
                    "All sockets / cores / threads",
                    "Declared CPUs",
                    "Declared sockets / cores / threads",
                    "Declared at",
                    "By"),
            "Machines",
            List.of("Machine", "Allowed CPUs", "Assigned at", "By"),
            "What was seen",
            List.of(
                    "Machine (CPUs)",
                    "Host",
                    "Hardware UUID",
                    "Host's sockets / cores / threads",
                    "Declared CPUs",
                    "Declared sockets / cores / threads",
                    "Seen CPUs",
                    "Verdict",
                    "From",
                    "Until"),
            "What was changed",
            List.of("At", "By", "Change", "Widens", "Reason", "The zone afterwards"),
            "yes",
            "no",
            "within",
            "beyond",
            "not proven",
            "not sampled");

    private static final LicenceWords GERMAN = new LicenceWords(
            "de",
            "Nachweis der Lizenzzone",
            "Erstellt am",
            "Cluster",
            "Diese Seite sagt, was erklärt und was gesehen wurde. Ob ein Lizenzgeber das als Grenze des zu Lizenzierenden oder"
                    + " als Nachweis anerkennt, entscheidet allein der Lizenzgeber: Fragen Sie ihn, bevor Sie sich darauf"
                    + " verlassen.",
            "Maschinen der Zone werden nur auf erklärten Prozessoren gestartet und nur dorthin migriert, mit allen Threads von"
                    + " QEMU: denen der Prozessoren des Gasts, des Emulators und seiner Ein- und Ausgabe. Der Agent auf jedem"
                    + " Host liest alle paar Sekunden beim Kernel (/proc), welche Prozessoren diese Threads benutzen dürfen."
                    + " Was in der Spalte „Gesehen“ steht, wurde dort gelesen. Ein Aufenthalt auf einem Host, der vor der ersten"
                    + " Ablesung endete, und die Sekunden bis zu ihr stehen als „nicht abgelesen“ da: Sie sind von Start, Ende"
                    + " und Umzug der Maschine bekannt. Alle Zeiten sind UTC.",
            "Die Zone wurde entfernt. Was folgt, wurde aufbewahrt.",
            "Erklärte Hosts",
            List.of(
                    "Host",
                    "Hardware-UUID",
                    "Prozessor",
                    "Alle Sockel / Kerne / Threads",
                    "Erklärte CPUs",
                    "Erklärte Sockel / Kerne / Threads",
                    "Erklärt am",
                    "Von"),
            "Maschinen",
            List.of("Maschine", "Erlaubte CPUs", "Zugeordnet am", "Von"),
            "Was gesehen wurde",
            List.of(
                    "Maschine (CPUs)",
                    "Host",
                    "Hardware-UUID",
                    "Sockel / Kerne / Threads des Hosts",
                    "Erklärte CPUs",
                    "Erklärte Sockel / Kerne / Threads",
                    "Gesehene CPUs",
                    "Urteil",
                    "Von",
                    "Bis"),
            "Was geändert wurde",
            List.of("Am", "Von", "Änderung", "Erweitert", "Grund", "Die Zone danach"),
            "ja",
            "nein",
            "innerhalb",
            "außerhalb",
            "nicht nachgewiesen",
            "nicht abgelesen");

    /** Those of a language; English where there are no others. */
    static LicenceWords in(String language) {
        return language.startsWith("de") ? GERMAN : ENGLISH;
    }

    String verdict(LicenceRun.Verdict verdict) {
        return switch (verdict) {
            case WITHIN -> within;
            case BEYOND -> beyond;
            case UNPROVEN -> unproven;
            case NOT_SAMPLED -> notSampled;
        };
    }
}
