/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Bound and derivatives in the host's passes. */
final class SparseGpOutputLayerImpl extends BaseLayer<SparseGpOutputLayer> implements IOutputLayer {
    private static final String NO_CLASSIFIER =
            "a layer of Gaussian processes has no classes; use output() or the score";

    private transient @Nullable INDArray labels;
    private transient @Nullable Double dataTerm; // of the current input, negative, for a time
    private transient @Nullable SparseGpParameters posteriors; // kept once no layer has refused the step

    SparseGpOutputLayerImpl(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public boolean updaterDivideByMinibatch(String name) {
        return false; // gradients are those of the score
    }

    private double[][] rows(String name) {
        return DoubleRows.of(Objects.requireNonNull(params.get(name)));
    }

    SparseGpParameters parameters() {
        return new SparseGpParameters(
                rows(SparseGpOutputLayer.INDUCING),
                rows(SparseGpOutputLayer.LENGTH_SCALE),
                rows(SparseGpOutputLayer.VARIANCE),
                rows(SparseGpOutputLayer.LIKELIHOOD),
                rows(SparseGpOutputLayer.POSTERIOR_MEAN),
                rows(SparseGpOutputLayer.POSTERIOR_FACTOR));
    }

    /** Samples [S, b, e] of the input; only the first if all are alike. */
    private double[][][] samples(boolean all) {
        int e = layerConf().getManifold().embeddingSize();
        double[][] rows = DoubleRows.of(input);
        double[][][] samples = new double[all ? rows[0].length / e : 1][rows.length][];
        for (int s = 0; s < samples.length; s++) {
            for (int t = 0; t < rows.length; t++) {
                samples[s][t] = Arrays.copyOfRange(rows[t], s * e, (s + 1) * e);
            }
        }
        return samples;
    }

    private Observations observations() {
        INDArray data = Objects.requireNonNull(labels, "no labels");
        SparseGpOutputLayer configuration = layerConf();
        if (data.rank() != 2 || data.size(0) != input.size(0) || data.size(1) != configuration.getNOut()) {
            throw new IllegalArgumentException(
                    "labels of layer '%s' have shape %s but must be [%d, %d], times and neurons"
                            .formatted(
                                    configuration.getLayerName(),
                                    Arrays.toString(data.shape()),
                                    input.size(0),
                                    configuration.getNOut()));
        }
        int times = (int) data.size(0);
        if (configuration.isCollapsed() && times != configuration.getTimePoints()) {
            throw new IllegalArgumentException(
                    "batch of layer '%s' has %d times but inducing values are integrated out over all %d; use one batch, or collapsed(false)"
                            .formatted(configuration.getLayerName(), times, configuration.getTimePoints()));
        }
        double[][] rows = DoubleRows.of(data.castTo(DataType.DOUBLE));
        double[][] present = maskArray == null ? new double[0][] : mask(maskArray, data);
        double[][] values = new double[(int) configuration.getNOut()][times];
        for (int t = 0; t < times; t++) {
            for (int n = 0; n < values.length; n++) {
                boolean masked = present.length > 0 && present[t][present[t].length == 1 ? 0 : n] == 0;
                values[n][t] = masked ? Double.NaN : rows[t][n];
                configuration.getLikelihood().requireObservable(values[n][t], t, n);
            }
        }
        return new Observations(values, times);
    }

    private double[][] mask(INDArray mask, INDArray data) {
        boolean fits =
                mask.rank() == 2 && mask.size(0) == data.size(0) && (mask.size(1) == 1 || mask.size(1) == data.size(1));
        if (!fits) {
            throw new IllegalArgumentException(
                    "label mask of layer '%s' has shape %s but must be [%d, %d], times and neurons, or have one column"
                            .formatted(
                                    layerConf().getLayerName(),
                                    Arrays.toString(mask.shape()),
                                    data.size(0),
                                    data.size(1)));
        }
        return DoubleRows.of(mask);
    }

    @Override
    public void setInput(INDArray input, LayerWorkspaceMgr workspaces) {
        super.setInput(input, workspaces);
        forget();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        double[][][] samples = samples(training);
        SparseGpModel model = layerConf().model();
        SparseGpParameters raw = parameters();
        double[][] mean = new double[samples[0].length][model.neurons()];
        for (double[][] sample : samples) {
            double[][] prediction = model.prediction(raw, sample);
            for (int t = 0; t < mean.length; t++) {
                for (int n = 0; n < mean[t].length; n++) {
                    mean[t][n] += prediction[t][n] / samples.length;
                }
            }
        }
        INDArray output = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS, dataType, new long[] {mean.length, model.neurons()}, 'c');
        return output.assign(Nd4j.createFromArray(mean));
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        SparseGpOutputLayer configuration = layerConf();
        SparseGpModel model = configuration.model();
        Observations data = observations();
        SparseGpParameters raw = parameters();
        double[][][] samples = samples(true);
        SparseGpModel.Result result = model.evaluate(
                raw, data, samples, 1.0 / data.times(), 1.0 / configuration.getTimePoints(), configuration.threads());
        dataTerm =
                finite(-result.meanOverSamples() / data.times() + result.divergence() / configuration.getTimePoints());
        posteriors = model.collapsed() ? posteriors(model, raw, data, result) : null;
        Gradient gradient = new DefaultGradient(gradientsFlattened);
        SparseGpParameters derivatives = result.gradient();
        boolean burningIn = getIterationCount() < configuration.getBurnIn();
        assign(gradient, SparseGpOutputLayer.INDUCING, derivatives.inducing(), -1);
        assign(gradient, SparseGpOutputLayer.LENGTH_SCALE, derivatives.lengthScales(), -1);
        assign(gradient, SparseGpOutputLayer.VARIANCE, derivatives.variance(), burningIn ? 0 : -1);
        assign(gradient, SparseGpOutputLayer.LIKELIHOOD, derivatives.likelihood(), -1);
        assign(gradient, SparseGpOutputLayer.POSTERIOR_MEAN, derivatives.mean(), -1);
        assign(gradient, SparseGpOutputLayer.POSTERIOR_FACTOR, derivatives.factor(), -1);
        requireFinite("input", result.toPoints());
        double perExample = conf().isMiniBatch() ? data.times() : 1;
        INDArray back = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
        back.assign(Nd4j.createFromArray(result.toPoints())).muli(-perExample);
        return new Pair<>(gradient, back);
    }

    /** For predictions: the best ones on average over the samples of the latents. */
    private SparseGpParameters posteriors(
            SparseGpModel model, SparseGpParameters raw, Observations data, SparseGpModel.Result result) {
        model.optimalPosteriors(raw, data, result);
        requireFinite(SparseGpOutputLayer.POSTERIOR_MEAN, raw.mean());
        requireFinite(SparseGpOutputLayer.POSTERIOR_FACTOR, raw.factor());
        return raw;
    }

    private void keepPosteriors() {
        SparseGpParameters computed = posteriors;
        if (computed != null) {
            keep(SparseGpOutputLayer.POSTERIOR_MEAN, computed.mean());
            keep(SparseGpOutputLayer.POSTERIOR_FACTOR, computed.factor());
        }
        posteriors = null;
    }

    private void requireFinite(String name, double[][] rows) {
        layerConf().requireFinite(name, rows, getIterationCount());
    }

    private void keep(String name, double[][] rows) {
        Objects.requireNonNull(params.get(name)).assign(Nd4j.createFromArray(rows));
    }

    private void assign(Gradient gradient, String name, double[][] rows, double scale) {
        requireFinite(name, rows);
        INDArray view = Objects.requireNonNull(gradientViews.get(name));
        view.assign(Nd4j.createFromArray(rows)).muli(scale);
        gradient.gradientForVariable().put(name, view);
    }

    private double finite(double term) {
        if (!Double.isFinite(term)) {
            throw new ArithmeticException(
                    "score of layer '%s' is %s at iteration %d; use a smaller learning rate or start closer to the data"
                            .formatted(layerConf().getLayerName(), term, getIterationCount()));
        }
        return term;
    }

    @Override
    public double computeScore(double regularisation, boolean training, LayerWorkspaceMgr workspaces) {
        Double known = dataTerm;
        if (known == null || !training) {
            SparseGpModel model = layerConf().model();
            Observations data = observations();
            double[] values = model.values(
                    parameters(), data, samples(training), layerConf().threads());
            known = finite(-Arrays.stream(values).average().orElse(Double.NaN) / data.times()
                    + model.divergence(parameters()) / layerConf().getTimePoints());
        }
        score = finite(known + regularisation);
        if (training) {
            keepPosteriors();
        }
        return score;
    }

    @Override
    public INDArray computeScoreForExamples(double regularisation, LayerWorkspaceMgr workspaces) {
        throw new UnsupportedOperationException(
                "the evidence lower bound is no sum over times of parts of their own; use score(DataSet)");
    }

    @Override
    public void computeGradientAndScore(LayerWorkspaceMgr workspaces) {
        gradient = backpropGradient(input, workspaces).getFirst();
        computeScore(0, true, workspaces);
    }

    @Override
    public Pair<Gradient, Double> gradientAndScore() {
        return new Pair<>(gradient(), score());
    }

    @Override
    public double calcRegularizationScore(boolean backpropOnlyParameters) {
        return 0;
    }

    @Override
    public boolean needsLabels() {
        return true;
    }

    @Override
    public void setLabels(INDArray labels) {
        this.labels = labels;
        forget();
    }

    private void forget() {
        dataTerm = null;
        posteriors = null;
    }

    @Override
    public @Nullable INDArray getLabels() {
        return labels;
    }

    @Override
    public void clear() {
        super.clear();
        labels = null;
        forget();
    }

    @Override
    @SuppressWarnings("deprecation") // still abstract in the host
    public int numLabels() {
        return (int) layerConf().getNOut();
    }

    @Override
    public double f1Score(DataSet data) {
        throw new UnsupportedOperationException(NO_CLASSIFIER);
    }

    @Override
    public double f1Score(INDArray examples, INDArray classes) {
        throw new UnsupportedOperationException(NO_CLASSIFIER);
    }

    @Override
    public int[] predict(INDArray examples) {
        throw new UnsupportedOperationException(NO_CLASSIFIER);
    }

    @Override
    public List<String> predict(DataSet data) {
        throw new UnsupportedOperationException(NO_CLASSIFIER);
    }

    @Override
    public void fit(DataSetIterator iterator) {
        throw new UnsupportedOperationException("fit the network instead");
    }

    @Override
    public void fit(INDArray examples, INDArray targets) {
        throw new UnsupportedOperationException("fit the network instead");
    }

    @Override
    public void fit(DataSet data) {
        throw new UnsupportedOperationException("fit the network instead");
    }

    @Override
    public void fit(INDArray examples, int[] classes) {
        throw new UnsupportedOperationException("fit the network instead");
    }
}
