package dev.motorpool.app.settings;

/** The service cannot start as it is configured. */
public final class InvalidConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param problem what is wrong, naming the key or file
     * @param action what to do about it
     */
    public InvalidConfigurationException(String problem, String action) {
        super(problem);
        this.action = action;
    }

    public String action() {
        return action;
    }
}
