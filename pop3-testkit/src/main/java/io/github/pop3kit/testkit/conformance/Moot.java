package io.github.pop3kit.testkit.conformance;

/** Why a check cannot be judged here; ends it. */
final class Moot extends Exception {

    private static final long serialVersionUID = 1L;

    Moot(String why) {
        super(why);
    }

    /** Ends the check unless the condition holds. */
    static void unless(boolean holds, String otherwise) throws Moot {
        if (!holds) throw new Moot(otherwise);
    }
}
