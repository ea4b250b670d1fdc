package dev.motorpool.hostile;

/** One kind of attack by a client. */
record Attack(String name, Action action) {

    @FunctionalInterface
    interface Action {
        void run(Attacked service, Crowd crowd) throws Exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
