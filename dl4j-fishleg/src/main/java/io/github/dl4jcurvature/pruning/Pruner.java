/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes weights of one network; a removal that fails leaves parameters and masks as they were. */
final class Pruner {
    private static final Logger LOG = LoggerFactory.getLogger(FishLegSurgeon.class);

    private final PrunableNetwork network;
    private final NetworkMasks masks;
    private final PruningOptions options;
    private final PruningSession session;
    private final WeightSelection selection;

    Pruner(PrunableNetwork network, PruningOptions options, PruningSession session) {
        this.network = network;
        this.options = options;
        this.session = session;
        this.masks = new NetworkMasks(network);
        this.selection = options.selection(network);
    }

    /** The sparsity that the options ask for in the end. */
    double target() {
        return selection.finalSparsity(options.sparsity());
    }

    /** The part of the weights of the pruned layers that is removed. */
    double sparsity() {
        return sparsity(masks.alive());
    }

    /** Whether the network is as sparse as the options ask for. */
    boolean isDone() {
        return selection.isReached(masks.alive(), target());
    }

    private double sparsity(boolean[] alive) {
        return (double) selection.removed(alive) / selection.weights();
    }

    /** Refuses a final sparsity below that which the network has; groups may get their pattern at any. */
    void requireNotReached() {
        boolean grouped = options.structure() instanceof PruningStructure.NOfM;
        boolean[] alive = masks.alive();
        if (!grouped && selection.removed(alive) > selection.goal(target())) {
            throw new IllegalArgumentException(
                    "sparsity is %s but the network has reached %s already; removed weights do not come back: ask for at least that"
                            .formatted(target(), sparsity(alive)));
        }
    }

    /**
     * Removes weights until the wished part is gone.
     *
     * @param data labelled examples
     * @param target wished sparsity; nothing is done if it is reached already
     * @param increments number of equal increments
     */
    void prune(PruningData data, double target, int increments) {
        INDArray live = network.parameters();
        INDArray before = live.dup();
        boolean[] alive = masks.alive();
        double reached = sparsity(alive);
        try {
            for (int increment = 1; increment <= increments; increment++) {
                double wished =
                        increment == increments ? target : reached + (target - reached) * increment / increments;
                remove(data, wished, alive);
            }
        } catch (RuntimeException | Error failure) {
            live.assign(before);
            throw failure;
        }
        masks.install(alive);
        if (sparsity(alive) > reached) {
            LOG.info(
                    "{} of {} weights removed, sparsity {}",
                    selection.removed(alive),
                    selection.weights(),
                    sparsity(alive));
        }
    }

    private void remove(PruningData data, double wished, boolean[] alive) {
        if (selection.isReached(alive, wished)) {
            return;
        }
        INDArray living = vector(alive);
        PruningProblem problem = session.problem(network.model(), data, living, prunable(alive));
        double[] scores = doubles(options.importance().scores(problem));
        int[] chosen = selection.choose(scores, alive, wished);
        if (chosen.length == 0) {
            return;
        }
        INDArray removed = living.like();
        for (int index : chosen) {
            removed.putScalar(index, 1);
        }
        INDArray change = options.compensation().change(problem, removed);
        INDArray stay = problem.alive().mul(removed.rsub(1));
        INDArray pruned =
                problem.parameters().add(change.mul(stay)).muli(living).muli(removed.rsub(1));
        requireFinite("the norm of the parameters", pruned.norm2Number().doubleValue());
        double loss = problem.loss(pruned);
        requireFinite("the loss", loss);
        if (LOG.isDebugEnabled()) {
            LOG.debug("{} weights removed, loss {} -> {}", chosen.length, problem.loss(problem.parameters()), loss);
        }
        network.parameters().assign(pruned);
        for (int index : chosen) {
            alive[index] = false;
        }
    }

    private static void requireFinite(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException(
                    "%s after compensation is %s; the network is unchanged: check the data for NaN, or raise the damping of the compensation"
                            .formatted(what, value));
        }
    }

    private INDArray prunable(boolean[] alive) {
        INDArray prunable = Nd4j.zeros(network.parameters().dataType(), alive.length);
        for (PrunableParameter parameter : selection.parameters()) {
            for (int i = (int) parameter.from(); i < parameter.to(); i++) {
                if (alive[i]) {
                    prunable.putScalar(i, 1);
                }
            }
        }
        return prunable;
    }

    private INDArray vector(boolean[] alive) {
        INDArray vector = Nd4j.createUninitialized(network.parameters().dataType(), alive.length)
                .assign(1);
        for (int i = 0; i < alive.length; i++) {
            if (!alive[i]) {
                vector.putScalar(i, 0);
            }
        }
        return vector;
    }

    private static double[] doubles(INDArray vector) {
        return vector.castTo(DataType.DOUBLE).dup().data().asDouble();
    }
}
