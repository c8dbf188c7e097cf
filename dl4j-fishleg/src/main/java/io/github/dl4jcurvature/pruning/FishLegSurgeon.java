/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Prunes a trained network to a wished sparsity by second-order information.
 *
 * <p>At each removal the weights of the smallest scores \( w_j^2 / (2 Q_{jj}) \) go, \( Q \approx (F + \gamma I)^{-1} \)
 * learned as in FishLeg, and the parameters that stay move to the minimum of the quadratic model of the loss under the
 * constraint that the removed ones vanish ({@link ExactCompensation}). Both can be exchanged, see {@link Importance} and
 * {@link Compensation}.
 *
 * <p>Once, on a trained network:
 *
 * <pre>{@code
 * FishLegSurgeon.prune(network, data, PruningOptions.builder().sparsity(0.9).increments(24).build());
 * }</pre>
 *
 * or during training, the network being fine-tuned between removals:
 *
 * <pre>{@code
 * network.addListeners(new FishLegSurgeon.Builder()
 *         .sparsity(0.9)
 *         .schedule(PruningSchedule.cubic(1000, 5000, 400))
 *         .build());
 * }</pre>
 *
 * <p>Removed weights are exactly zero after every step of any updater. Their masks lie in the layer configurations, so they
 * are saved, cloned and restored with the network and hold without this listener. The host computes with dense matrices: a
 * pruned network is not faster and takes no less memory until it is exported ({@link SparseExport}).
 *
 * <p>The listener can be serialised; together with the saved network a gradual pruning continues where it stopped. It serves
 * one network.
 *
 * <p>Source: McGowan et al., Efficient model compression techniques with FishLeg, arXiv:2412.02328; Hassibi and Stork, NIPS 1992.
 */
public final class FishLegSurgeon extends BaseTrainingListener implements Serializable {
    private static final long serialVersionUID = 1L;

    private final PruningOptions options;
    private final PruningSchedule schedule;
    private final PruningSession session;
    private final PruningData data;
    private final boolean collects;
    private boolean checked;

    private FishLegSurgeon(Builder builder) {
        options = new PruningOptions(builder, builder.schedule.increments());
        schedule = builder.schedule;
        session = new PruningSession(options.batchSize(), options.seed());
        collects = builder.data == null;
        data = builder.data == null ? PruningData.collecting(2L * options.batchSize()) : builder.data.get(options);
    }

    /**
     * Prunes a network now.
     *
     * @param model an initialised and trained MultiLayerNetwork or ComputationGraph; its parameters and masks change
     * @param data labelled examples, usually of the training set
     * @param options what to prune and how
     * @return how sparse the network is now
     * @throws IllegalArgumentException if an argument does not fit; the model is unchanged
     * @throws ArithmeticException if a quantity is not finite; the model is unchanged
     */
    public static Sparsity prune(Model model, DataSetIterator data, PruningOptions options) {
        PrunableNetwork network = PrunableNetwork.of(model);
        return prune(network, PruningData.of(data, options.maxExamples()), options);
    }

    /**
     * Prunes a network with several inputs or outputs now.
     *
     * @param model an initialised and trained ComputationGraph; its parameters and masks change
     * @param data labelled examples, usually of the training set
     * @param options what to prune and how
     * @return how sparse the network is now
     * @throws IllegalArgumentException if an argument does not fit; the model is unchanged
     * @throws ArithmeticException if a quantity is not finite; the model is unchanged
     */
    public static Sparsity prune(Model model, MultiDataSetIterator data, PruningOptions options) {
        PrunableNetwork network = PrunableNetwork.of(model);
        return prune(network, PruningData.of(data, options.maxExamples()), options);
    }

    private static Sparsity prune(PrunableNetwork network, PruningData data, PruningOptions options) {
        Pruner pruner = new Pruner(network, options, new PruningSession(options.batchSize(), options.seed()));
        pruner.requireNotReached();
        data.requireFits(network.model());
        pruner.prune(data, pruner.target(), options.increments());
        return Sparsity.of(network.model());
    }

    @Override
    public void onBackwardPass(Model model) {
        if (collects && !schedule.isOver(iteration(model) - 1)) {
            data.add(CurvatureBatch.ofTraining(model));
        }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (!checked) {
            check(new Pruner(PrunableNetwork.of(model), options, session), iteration);
            checked = true;
        }
        if (schedule.isEvent(iteration)) {
            Pruner pruner = new Pruner(PrunableNetwork.of(model), options, session);
            pruner.prune(data, schedule.sparsity(iteration, pruner.target()), schedule.increments());
        }
    }

    private void check(Pruner pruner, int iteration) {
        pruner.requireNotReached();
        if (schedule.isPast(iteration) && !pruner.isDone()) {
            throw new IllegalStateException(
                    "the %s is over but the network is at iteration %d with sparsity %s; count from the network's present iteration: start = network.getIterationCount() + ..."
                            .formatted(schedule, iteration, pruner.sparsity()));
        }
    }

    private static int iteration(Model model) {
        return model instanceof MultiLayerNetwork network
                ? network.getIterationCount()
                : ((ComputationGraph) model).getIterationCount();
    }

    /** Builder of the listener. */
    public static final class Builder extends PruningConfigurer<Builder> {
        private PruningSchedule schedule = PruningSchedule.at(0);
        private @Nullable Source data;

        /** Where the examples of the builder come from; read when the rest is known. */
        private interface Source {
            PruningData get(PruningOptions options);
        }

        /** Starts from the defaults: half of the weights are removed after the first iteration. */
        public Builder() {
            // nothing to set
        }

        /**
         * When weights are removed; by default all after the first iteration.
         *
         * @param value schedule in iterations of the network
         * @return this builder
         */
        public Builder schedule(PruningSchedule value) {
            schedule = Objects.requireNonNull(value, "schedule must not be null; choose PruningSchedule.at(0)");
            return this;
        }

        /**
         * Examples for curvature; by default the most recent training batches are used.
         *
         * @param iterator labelled examples; read by {@link #build()}
         * @return this builder
         */
        public Builder data(DataSetIterator iterator) {
            data = options -> PruningData.of(iterator, options.maxExamples());
            return this;
        }

        /**
         * Examples for curvature of a network with several inputs or outputs.
         *
         * @param iterator labelled examples; read by {@link #build()}
         * @return this builder
         */
        public Builder data(MultiDataSetIterator iterator) {
            data = options -> PruningData.of(iterator, options.maxExamples());
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Creates the listener.
         *
         * @return the listener
         * @throws IllegalArgumentException if a layer is both included and excluded, or the data are empty
         */
        public FishLegSurgeon build() {
            requireConsistent();
            return new FishLegSurgeon(this);
        }
    }
}
