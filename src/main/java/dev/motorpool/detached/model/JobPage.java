package dev.motorpool.detached.model;

import java.util.List;

/**
 * A page of a list of jobs.
 *
 * @param jobs in the order of the list, without values, attempts and places
 * @param more whether more jobs follow
 */
public record JobPage(List<JobView> jobs, boolean more) {

    public static final JobPage EMPTY = new JobPage(List.of(), false);
}
