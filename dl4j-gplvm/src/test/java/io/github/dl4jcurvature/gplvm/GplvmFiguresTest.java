/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class GplvmFiguresTest {

    @Test
    void figuresAreImagesThatShowSomething(@TempDir Path directory) throws IOException {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), 6, 20, 1);
        INDArray truth = neurons.latents();
        LatentAlignment alignment = LatentAlignment.of(Manifold.circle(), truth.add(0.3), truth);
        List<double[]> grid = Manifold.circle().grid(20);
        TuningCurves curves = new TuningCurves(
                Nd4j.linspace(1, 120, 120).reshape('c', 6, 20),
                Nd4j.ones(6, 20),
                Nd4j.linspace(1, 120, 120).reshape('c', 6, 20));
        List<Manifold> candidates = List.of(Manifold.circle(), Manifold.euclidean(1));
        TopologyComparison comparison = new TopologyComparison(
                candidates,
                List.of(
                        new HeldOutScore(candidates.get(0), 0, 0.04, -1, -2),
                        new HeldOutScore(candidates.get(1), 0, 0.05, -2, -1)));
        assertThat(comparison.byError()).isEqualTo(Manifold.circle());
        assertThat(comparison.byLikelihood()).isEqualTo(Manifold.circle());
        assertThat(comparison.wins(Manifold.circle(), Manifold.euclidean(1))).isEqualTo(1);
        for (File png : List.of(
                GplvmFigures.againstTruth(
                        alignment,
                        truth,
                        truth.mul(0).add(0.1),
                        directory.resolve("a.png").toFile()),
                GplvmFigures.againstTime(truth, directory.resolve("b.png").toFile()),
                GplvmFigures.tuning(curves, grid, 3, directory.resolve("c.png").toFile()),
                GplvmFigures.comparison(
                        comparison,
                        "test MSE",
                        HeldOutScore::meanSquaredError,
                        directory.resolve("d.png").toFile()))) {
            var image = ImageIO.read(png);
            assertThat(image.getWidth()).isEqualTo(860);
            long colours = java.util.stream.IntStream.range(0, 860 * 440)
                    .map(i -> image.getRGB(i % 860, i / 860))
                    .distinct()
                    .count();
            assertThat(colours).isGreaterThan(10);
        }
    }

    /** A column of a matrix, and every second row of another: neither is where its buffer begins, nor contiguous. */
    @Test
    void viewsAreDrawnAsTheyAre() {
        INDArray means = Nd4j.createFromArray(new double[][] {{0.1, 9}, {0.2, 8}, {0.3, 7}, {0.4, 6}});
        XYChart second = GplvmFigures.timeChart(means.getColumn(1, true));
        assertThat(second.getSeriesMap()).containsOnlyKeys("mean");
        assertThat(second.getSeriesMap().get("mean").getYData()).containsExactly(9, 8, 7, 6);
        assertThat(second.getSeriesMap().get("mean").getXData()).containsExactly(0, 1, 2, 3);

        INDArray truth = means.getColumn(0, true);
        LatentAlignment alignment = new LatentAlignment(truth, means.getColumn(1), 1, 1);
        XYSeries points = GplvmFigures.truthChart(
                        alignment, truth, means.mul(0.1).getColumn(1, true))
                .getSeriesMap()
                .get("times, with 2 standard deviations");
        assertThat(points.getXData()).containsExactly(new double[] {0.1, 0.2, 0.3, 0.4}, within(1e-15));
        assertThat(points.getYData()).containsExactly(new double[] {0.1, 0.2, 0.3, 0.4}, within(1e-15));
        assertThat(points.getExtraValues()).containsExactly(new double[] {1.8, 1.6, 1.4, 1.2}, within(1e-15));
        assertThat(alignment.medianError()).isEqualTo(7.5);
    }

    @Test
    void coordinatesHaveSeriesOfTheirOwn() {
        double[][] rows = {{1, 0, 0.5, 0}, {0.8, 0.6, 0.4, 0}, {0, 1, 0.3, 0}};
        for (INDArray means : new INDArray[] {
            Nd4j.createFromArray(rows), Nd4j.createFromArray(rows).dup('f')
        }) {
            XYChart chart = GplvmFigures.timeChart(means);
            assertThat(chart.getSeriesMap()).hasSize(4);
            assertThat(chart.getSeriesMap().get("mean, coordinate 1").getYData())
                    .containsExactly(0, 0.6, 1);
            assertThat(chart.getSeriesMap().get("mean, coordinate 2").getYData())
                    .containsExactly(0.5, 0.4, 0.3);
        }
        assertThat(GplvmFigures.timeChart(Nd4j.createFromArray(0.1, 0.2)).getSeriesMap())
                .containsOnlyKeys("mean");
    }

    @Test
    void latentsThatAreNoAnglesAreRefused(@TempDir Path directory) {
        File png = directory.resolve("a.png").toFile();
        INDArray torus = Nd4j.ones(DataType.DOUBLE, 3, 2);
        INDArray circle = Nd4j.ones(DataType.DOUBLE, 3, 1);
        LatentAlignment alignment = new LatentAlignment(circle, circle, 1, 1);
        assertThatThrownBy(() -> GplvmFigures.againstTruth(alignment, torus, circle, png))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("given has shape [3, 2]")
                .hasMessageContaining("one by one");
        assertThatThrownBy(
                        () -> GplvmFigures.againstTruth(new LatentAlignment(torus, circle, 1, 1), circle, circle, png))
                .hasMessageContaining("aligned has shape [3, 2]");
        assertThatThrownBy(() -> GplvmFigures.againstTruth(alignment, circle, Nd4j.ones(DataType.DOUBLE, 2, 1), png))
                .hasMessageContaining("given has 3 times, the alignment 3 and deviations 2");
        assertThatThrownBy(() -> GplvmFigures.againstTime(Nd4j.ones(DataType.DOUBLE, 1, 9), png))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("means have shape [1, 9]")
                .hasMessageContaining("transpose");
        TuningCurves curves = new TuningCurves(torus, torus, torus);
        assertThatThrownBy(() -> GplvmFigures.tuning(curves, Manifold.torus(2).grid(2), 1, png))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("points have 2 numbers");
        assertThat(png).doesNotExist();
    }
}
