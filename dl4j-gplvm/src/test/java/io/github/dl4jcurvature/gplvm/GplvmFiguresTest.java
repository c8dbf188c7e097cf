/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

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
}
