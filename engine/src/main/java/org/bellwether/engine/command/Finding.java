package org.bellwether.engine.command;

/** Something that was looked at: how it is, and what to do when it is not as it should be. */
record Finding(Grade grade, String what, String next) {

    /** How bad it is. */
    enum Grade {
        WELL("ok  "),
        /** Works, and somebody should know. */
        NOTE("note"),
        BAD("BAD ");

        private final String word;

        Grade(String word) {
            this.word = word;
        }
    }

    static Finding well(String what) {
        return new Finding(Grade.WELL, what, "");
    }

    static Finding note(String what, String next) {
        return new Finding(Grade.NOTE, what, next);
    }

    static Finding bad(String what, String next) {
        return new Finding(Grade.BAD, what, next);
    }

    @Override
    public String toString() {
        return grade.word + "  " + what + (next.isEmpty() ? "" : "\n      → " + next);
    }
}
