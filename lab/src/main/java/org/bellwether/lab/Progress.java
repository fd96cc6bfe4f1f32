package org.bellwether.lab;

/** Tells the person who waits what is being done; standard output is for results only. */
final class Progress {
    private Progress() {}

    static void say(String what) {
        System.err.println("bw: " + what);
    }
}
