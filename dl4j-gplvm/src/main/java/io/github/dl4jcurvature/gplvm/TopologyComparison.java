/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Scores of all candidates in all splits. */
public final class TopologyComparison {
    private final List<Manifold> candidates;
    private final List<HeldOutScore> scores;

    TopologyComparison(List<Manifold> candidates, List<HeldOutScore> scores) {
        this.candidates = List.copyOf(candidates);
        this.scores = List.copyOf(scores);
    }

    /** Manifolds that were compared. */
    public List<Manifold> candidates() {
        return candidates;
    }

    /** All scores. */
    public List<HeldOutScore> scores() {
        return scores;
    }

    private List<HeldOutScore> of(Manifold manifold) {
        return scores.stream()
                .filter(score -> score.manifold().equals(manifold))
                .sorted(Comparator.comparingInt(HeldOutScore::split))
                .toList();
    }

    /** Mean over splits. */
    public double mean(Manifold manifold, ToDoubleFunction<HeldOutScore> what) {
        return of(manifold).stream().mapToDouble(what).average().orElse(Double.NaN);
    }

    /** Standard deviation over splits. */
    public double deviation(Manifold manifold, ToDoubleFunction<HeldOutScore> what) {
        double mean = mean(manifold, what);
        return Math.sqrt(of(manifold).stream()
                .mapToDouble(what)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(Double.NaN));
    }

    /** In how many splits the first manifold has a smaller error than the second. */
    public int wins(Manifold manifold, Manifold other) {
        List<HeldOutScore> own = of(manifold);
        List<HeldOutScore> others = of(other);
        int wins = 0;
        for (int split = 0; split < own.size(); split++) {
            wins += own.get(split).meanSquaredError() < others.get(split).meanSquaredError() ? 1 : 0;
        }
        return wins;
    }

    /** The manifold with the least mean error. */
    public Manifold byError() {
        return candidates.stream()
                .min(Comparator.comparingDouble(each -> mean(each, HeldOutScore::meanSquaredError)))
                .orElseThrow();
    }

    /** The manifold with the greatest mean log likelihood. */
    public Manifold byLikelihood() {
        return candidates.stream()
                .max(Comparator.comparingDouble(each -> mean(each, HeldOutScore::logLikelihood)))
                .orElseThrow();
    }

    /** A table in Markdown: candidate, error, log likelihood, evidence, each with its standard deviation over splits. */
    public String toMarkdown() {
        StringBuilder table = new StringBuilder(
                "| manifold | test MSE | +- | test log likelihood | +- | evidence |\n|---|---|---|---|---|---|\n");
        for (Manifold candidate : candidates) {
            table.append("| %s | %.5f | %.5f | %.3f | %.3f | %.3f |\n"
                    .formatted(
                            candidate,
                            mean(candidate, HeldOutScore::meanSquaredError),
                            deviation(candidate, HeldOutScore::meanSquaredError),
                            mean(candidate, HeldOutScore::logLikelihood),
                            deviation(candidate, HeldOutScore::logLikelihood),
                            mean(candidate, HeldOutScore::evidence)));
        }
        return table.toString();
    }

    /** All scores as comma-separated values with a header. */
    public String toCsv() {
        StringBuilder csv = new StringBuilder("manifold,split,mse,log_likelihood,evidence\n");
        for (HeldOutScore score : scores) {
            csv.append("%s,%d,%s,%s,%s\n"
                    .formatted(
                            score.manifold(),
                            score.split(),
                            score.meanSquaredError(),
                            score.logLikelihood(),
                            score.evidence()));
        }
        return csv.toString();
    }
}
