/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.CurvatureConfiguration;
import io.github.dl4jcurvature.fisher.CurvatureMethod;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.fisher.LayerParameters;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configuration of Natural Continual Learning: gradient descent on one task after another that neither leaves the region in
 * which earlier tasks are solved nor forgets where their solution was.
 *
 * <p>What is known of the parameters after the tasks so far is the Gaussian \( N(\mu, (N \Lambda)^{-1}) \). For the mean gradient g
 * of a batch, with all precisions in units of a data point,
 *
 * <p>\[ m \leftarrow \rho m + g + \lambda \Lambda (\theta - \mu), \qquad \theta \leftarrow \theta - \frac{\eta}{N} \Lambda^{-1} m, \]
 *
 * <p>one step of trust-region descent in the metric of the prior. \( \Lambda \) is a Kronecker product \( A \otimes G \) for the weights
 * and biases of each layer; before the first task it is \( p / N \) times the identity, \( \mu = 0 \), and steps are those of gradient
 * descent with momentum and the rate \( \eta \). At the end of a task ({@link #endTask}) \( \mu \) becomes \( \theta \) and the Fisher
 * information of the task is added to \( \Lambda \).
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(new Ncl(0.05, examplesPerTask)) ...
 * network.init();
 * network.addListeners(new CurvatureListener());
 * for (DataSetIterator task : tasks) {
 *     network.fit(task, epochs);
 *     Ncl.endTask(network, task);
 * }
 * }</pre>
 *
 * <p>Everything that is remembered lies in the updater's state: a network that was saved and loaded continues bit by bit as if it
 * had not been. {@link Method} turns the same updater into the methods it is compared with.
 *
 * <p>Dense and output layers, two-dimensional convolutions, SimpleRnn, LSTM and GravesLSTM, the recurrent ones also within {@code
 * LastTimeStep} and {@code Bidirectional}, have Kronecker factors over inputs, state and bias; all other parameters have a
 * {@link Fallback}. The loss of the network must be one of softmax with MCXENT, sigmoid with XENT, identity with MSE or L2.
 *
 * <p>Source: Kao, Jensen, van de Ven, Bernacchia, Hennequin: Natural continual learning: success is a journey, not (just) a
 * destination. NeurIPS 2021.
 */
public final class Ncl implements CurvatureConfiguration {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(Ncl.class);

    /** What is remembered of earlier tasks, and how it changes the steps of later ones. */
    public enum Method {
        /** Kronecker factors of the Fisher information; steps in their metric, drawn to the mean. */
        NCL,
        /** As {@link #NCL} with \( \lambda = 0 \): steps in the metric of the prior alone. */
        PROJECTION,
        /**
         * The Laplace approximation with Kronecker factors, as {@link #NCL} without the metric: ordinary steps on the loss with the
         * penalty of the prior (Ritter et al., NeurIPS 2018).
         */
        KFAC,
        /** Orthogonal weight modification: steps projected away from the inputs of earlier tasks. */
        OWM,
        /** Steps projected on both sides, away from inputs and pre-activations of earlier tasks (Duncker et al., 2020). */
        DOWM,
        /** Elastic weight consolidation: a penalty with a diagonal Fisher matrix, one mean and one sum over all tasks. */
        EWC,
        /** Gradient descent with momentum; nothing is remembered. */
        SGD
    }

    /** How a gradient becomes a step. */
    public enum Step {
        /** \( m \leftarrow \rho m + g \). */
        MOMENTUM,
        /** Adam with the decays \( \rho \) and 0.999 and \( \epsilon = 10^{-9} \); only where steps are not shaped by a metric. */
        ADAM
    }

    /** What is remembered of parameters that have no Kronecker factors. */
    public enum Fallback {
        /** The diagonal of the Fisher matrix. */
        DIAGONAL,
        /** Nothing but the mean: the precision of before the first task. */
        IDENTITY
    }

    private double learningRate; // the host changes it through setLrAndSchedule
    private @Nullable ISchedule learningRateSchedule;
    private final double rateDecayPerTask;
    private final double momentum;
    private final double dataSize;
    private final Method method;
    private final Step step;
    private final double priorWeight;
    private final double priorPrecision;
    private final double damping;
    private final boolean dampingRelative;
    private final KroneckerSum kroneckerSum;
    private final @Nullable FisherLabels fisherLabels;
    private final int fisherExamples;
    private final double forgetting;
    private final boolean resetMomentum;
    private final boolean referenceTimeNormalisation;
    private final Fallback fallback;
    private final long maxDimension;
    private final int consolidateEvery;
    private final long seed;
    private @Nullable LayerPlan plan;

    /** Creates a configuration with all defaults; also for deserialisation. */
    public Ncl() {
        this(builder());
    }

    /**
     * Creates a configuration with defaults but for the two numbers that matter most.
     *
     * @param learningRate \( \eta \), the rate of gradient descent in the first task, positive
     * @param dataSize N, examples in a task, positive; the larger, the more earlier tasks weigh against the first prior
     */
    public Ncl(double learningRate, double dataSize) {
        this(builder().learningRate(learningRate).dataSize(dataSize));
    }

    Ncl(NclBuilder values) {
        learningRate = values.learningRate;
        learningRateSchedule = values.learningRateSchedule;
        rateDecayPerTask = values.rateDecayPerTask;
        momentum = values.momentum;
        dataSize = values.dataSize;
        method = values.method;
        step = values.step;
        priorWeight = values.resolvedPriorWeight();
        priorPrecision = values.priorPrecision;
        damping = values.damping;
        dampingRelative = values.resolvedDampingRelative();
        kroneckerSum = values.kroneckerSum;
        fisherLabels = values.fisherLabels;
        fisherExamples = values.fisherExamples;
        forgetting = values.forgetting;
        resetMomentum = values.resetMomentum;
        referenceTimeNormalisation = values.referenceTimeNormalisation;
        fallback = values.fallback;
        maxDimension = values.maxDimension;
        consolidateEvery = values.consolidateEvery;
        seed = values.seed;
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a builder
     */
    public static NclBuilder builder() {
        return new NclBuilder();
    }

    /**
     * Ends a task: estimates its Fisher information on data of the task, adds it to what is remembered, and moves the mean to the
     * present parameters. Layers that the task did not train, such as the heads of other tasks, stay as they were. Layers with
     * other updaters are not touched.
     *
     * <p>To be called between calls of {@code fit}; the network's own parameters, counters and recurrent state do not change.
     *
     * @param model a MultiLayerNetwork or ComputationGraph with Ncl updaters
     * @param task data that the task was trained on, with masks as in training; labels matter only for {@link
     *     FisherLabels#EMPIRICAL}; it is reset before and after
     * @return what consolidation came to
     * @throws IllegalArgumentException if no layer of the network has this updater, or the task has no example
     * @throws ArithmeticException if parameters or Fisher information are not finite; the network is unchanged
     */
    public static ConsolidationReport endTask(Model model, DataSetIterator task) {
        return Consolidation.of(model).endTask(TaskBatches.of(task));
    }

    /**
     * As {@link #endTask(Model, DataSetIterator)} for networks with several inputs or outputs.
     *
     * @param model a MultiLayerNetwork or ComputationGraph with Ncl updaters
     * @param task data that the task was trained on; heads of other tasks must have label masks of zeros
     * @return what consolidation came to
     * @throws IllegalArgumentException if no layer of the network has this updater, or the task has no example
     * @throws ArithmeticException if parameters or Fisher information are not finite; the network is unchanged
     */
    public static ConsolidationReport endTask(Model model, MultiDataSetIterator task) {
        return Consolidation.of(model).endTask(TaskBatches.of(task));
    }

    /**
     * As {@link #endTask(Model, DataSetIterator)} for a SameDiff graph that this updater trains, with a {@link
     * io.github.dl4jcurvature.fisher.SameDiffCurvatureListener}.
     *
     * @param graph the graph, trained at least one iteration
     * @param task data that the task was trained on
     * @return what consolidation came to
     * @throws IllegalStateException if the graph has not been trained or has no such listener
     * @throws IllegalArgumentException if the graph has another updater, or the task has no example
     * @throws ArithmeticException if parameters or Fisher information are not finite; the graph is unchanged
     */
    public static ConsolidationReport endTask(SameDiff graph, DataSetIterator task) {
        return Consolidation.of(graph).endTask(TaskBatches.of(task));
    }

    /**
     * As {@link #endTask(SameDiff, DataSetIterator)} for graphs with several feature or label placeholders.
     *
     * @param graph the graph, trained at least one iteration
     * @param task data that the task was trained on
     * @return what consolidation came to
     * @throws IllegalStateException if the graph has not been trained or has no such listener
     * @throws IllegalArgumentException if the graph has another updater, or the task has no example
     * @throws ArithmeticException if parameters or Fisher information are not finite; the graph is unchanged
     */
    public static ConsolidationReport endTask(SameDiff graph, MultiDataSetIterator task) {
        return Consolidation.of(graph).endTask(TaskBatches.of(task));
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return learningRateSchedule == null ? learningRate : learningRateSchedule.valueAt(iteration, epoch);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    @Override
    public void setLrAndSchedule(double lr, @Nullable ISchedule lrSchedule) {
        learningRate = lr;
        learningRateSchedule = lrSchedule;
    }

    /** The rate of an iteration after so many tasks. */
    double rate(int iteration, int epoch, long tasks) {
        return getLearningRate(iteration, epoch) / (1 + rateDecayPerTask * tasks);
    }

    double momentum() {
        return momentum;
    }

    double dataSize() {
        return dataSize;
    }

    Method method() {
        return method;
    }

    Step step() {
        return step;
    }

    double priorWeight() {
        return priorWeight;
    }

    double priorPrecision() {
        return priorPrecision;
    }

    @Nullable
    FisherLabels fisherLabels() {
        return fisherLabels;
    }

    int fisherExamples() {
        return fisherExamples;
    }

    boolean resetMomentum() {
        return resetMomentum;
    }

    boolean referenceTimeNormalisation() {
        return referenceTimeNormalisation;
    }

    Fallback fallback() {
        return fallback;
    }

    long maxDimension() {
        return maxDimension;
    }

    int consolidateEvery() {
        return consolidateEvery;
    }

    long seed() {
        return seed;
    }

    Damping damping() {
        return new Damping(damping, dampingRelative);
    }

    KroneckerPrior.Settings priorSettings() {
        boolean natural = method == Method.NCL || method == Method.PROJECTION;
        return new KroneckerPrior.Settings(dataSize, damping(), natural, kroneckerSum, forgetting);
    }

    @Nullable
    LayerPlan plan() {
        return plan;
    }

    @Override
    public boolean assignTo(LayerParameters layer) {
        LayerPlan fresh = LayerPlan.of(layer, this);
        if (fresh.equals(plan)) {
            return false;
        }
        if (plan != null) {
            LOG.warn("Ncl was configured for {} but now governs {}; what it remembers starts afresh", plan, fresh);
        }
        GuardRails.reportFallbacks(fresh, layer, this);
        plan = fresh;
        return true;
    }

    @Override
    public boolean wantsTrainingFactors(long rows) {
        return false;
    }

    @Override
    public CurvatureMethod newMethod() {
        return new NclMethod();
    }

    @Override
    public long stateSize(long numParams) {
        return plan == null ? 0 : plan.stateSize(numParams);
    }

    @Override
    public GradientUpdater<Ncl> instantiate(@Nullable INDArray viewArray, boolean initializeViewArray) {
        NclUpdater updater = new NclUpdater(this);
        if (viewArray != null) {
            updater.setStateViewArray(viewArray, new long[] {viewArray.length()}, 'c', initializeViewArray);
        }
        return updater;
    }

    @Override
    public GradientUpdater<Ncl> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        NclUpdater updater = new NclUpdater(this);
        updater.setState(updaterState, initializeStateArrays);
        return updater;
    }

    @Override
    public Ncl clone() {
        try {
            Ncl copy = (Ncl) super.clone(); // the plan and all else are immutable
            copy.learningRateSchedule = learningRateSchedule == null ? null : learningRateSchedule.clone();
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("an updater configuration is cloneable", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ncl that && values().equals(that.values()) && Objects.equals(plan, that.plan);
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    private List<?> values() {
        return Arrays.asList(
                learningRate,
                learningRateSchedule,
                rateDecayPerTask,
                momentum,
                dataSize,
                method,
                step,
                priorWeight,
                priorPrecision,
                damping,
                dampingRelative,
                kroneckerSum,
                forgetting,
                resetMomentum,
                fallback,
                maxDimension,
                sharedSettings());
    }

    /** What must be the same in all layers of a network. */
    List<?> sharedSettings() {
        return Arrays.asList(fisherLabels, fisherExamples, referenceTimeNormalisation, consolidateEvery, seed);
    }

    @Override
    public String toString() {
        return "Ncl(method=%s, learningRate=%s, dataSize=%s, priorWeight=%s, momentum=%s, damping=%s, kroneckerSum=%s)"
                .formatted(
                        method,
                        learningRateSchedule == null ? learningRate : learningRateSchedule,
                        dataSize,
                        priorWeight,
                        momentum,
                        damping,
                        kroneckerSum);
    }
}
