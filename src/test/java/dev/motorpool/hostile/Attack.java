package dev.motorpool.hostile;

/** One kind of what a hostile client does. */
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
