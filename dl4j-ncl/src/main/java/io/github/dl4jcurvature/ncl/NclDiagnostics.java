/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Map;

/**
 * What an iteration of {@link Ncl} looked like, over all layers that have it.
 *
 * @param iteration iteration of the host
 * @param tasks number of tasks that have ended
 * @param penalty \( \frac12 (\theta - \mu)^\top \Lambda (\theta - \mu) \) before the step that follows, in nats per data point; the
 *     second-order estimate of what earlier tasks have lost, each weighted alike
 * @param stepLength \( \sqrt{u^\top \Lambda u} \) of the step u, in the metric of the prior, per data point
 * @param pullBudget \( \frac{\eta \lambda}{N} \frac{n}{1 - \rho} \) after n steps of the task, counted from
 *     the first that the listener has seen: far below 1 the pull to the mean has not
 *     acted, and the method is a projection
 * @param fisherTrace trace of the Fisher information of the last task by layer, per data point
 * @param divergence Kullback-Leibler divergence, in nats, of what each layer remembers from the sum it stands for
 */
public record NclDiagnostics(
        int iteration,
        long tasks,
        double penalty,
        double stepLength,
        double pullBudget,
        Map<String, Double> fisherTrace,
        Map<String, Double> divergence) {

    /** Copies the maps. */
    public NclDiagnostics {
        fisherTrace = Map.copyOf(fisherTrace);
        divergence = Map.copyOf(divergence);
    }
}
