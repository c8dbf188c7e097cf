/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.ShadowNetwork;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is carried from one removal to the next: the number of draws made and what the inverse Fisher approximations have
 * learned.
 */
final class PruningSession implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long batchSize;
    private final long seed;
    private final Map<InverseCurvature.Recipe, INDArray> learned = new HashMap<>();
    private long problems;
    private transient @Nullable Ties ties;

    /** What belongs to one network object. */
    private record Ties(Model model, ShadowNetwork shadow, FisherEstimator fisher, NetworkLoss loss) {}

    /**
     * Starts without anything learned.
     *
     * @param batchSize examples of a curvature and of a trial batch
     * @param seed of all draws
     */
    PruningSession(long batchSize, long seed) {
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /**
     * The network as it is now.
     *
     * @param alive 0 for weights that have been removed, else 1; shape [n]
     * @param prunable 1 for weights that may be removed; shape [n]
     */
    PruningProblem problem(Model model, PruningData data, INDArray alive, INDArray prunable) {
        Ties present = ties(model);
        long number = problems++;
        Map<InverseCurvature.Recipe, InverseCurvature> inverses = new HashMap<>();
        return new NetworkPruningProblem(
                present.shadow(),
                present.fisher(),
                present.loss(),
                data.split(batchSize, seed, 2 * number),
                count -> data.draw(count, seed, 2 * number + 1),
                (kind, problem) -> inverses.computeIfAbsent(kind, ignored -> inverse(kind, problem, model, data)),
                alive,
                prunable);
    }

    private InverseCurvature inverse(
            InverseCurvature.Recipe kind, PruningProblem problem, Model model, PruningData data) {
        if (kind instanceof BlockInverse block) {
            return BlockInverseCurvature.of(block, problem);
        }
        if (kind instanceof LearnedInverse settings) {
            LearnedInverseCurvature inverse = LearnedInverseCurvature.of(
                    settings,
                    model,
                    problem,
                    learned.get(kind),
                    step -> data.draw(settings.batchSize(), ~seed, step),
                    seed);
            learned.put(kind, inverse.state());
            return inverse;
        }
        throw new IllegalArgumentException(
                "model must be a LearnedInverse or a BlockInverse but is %s; use one of these".formatted(kind));
    }

    private Ties ties(Model model) {
        Ties present = ties;
        if (present == null || present.model() != model || !present.shadow().sharesParametersWith(model)) {
            present = new Ties(
                    model,
                    ShadowNetwork.of(model),
                    FisherEstimator.builder(model).build(),
                    new NetworkLoss(model));
            ties = present;
        }
        return present;
    }
}
