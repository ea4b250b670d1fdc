package dev.motorpool.app.settings;

/** A configuration with which the service cannot start. */
public final class InvalidConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param problem what is wrong, with the key or file
     * @param action the remedy
     */
    public InvalidConfigurationException(String problem, String action) {
        super(problem);
        this.action = action;
    }

    public String action() {
        return action;
    }
}
